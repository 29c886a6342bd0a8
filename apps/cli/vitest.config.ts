import { defineConfig } from "vitest/config";

// Its tests run whole programs, several processes each, on a machine that may be busy.
export default defineConfig({ test: { testTimeout: 180_000, hookTimeout: 180_000 } });
