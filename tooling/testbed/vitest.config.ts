import { defineConfig } from "vitest/config";

// A cluster per file, on a busy machine: what hangs is found, what is slow is not failed.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000 } });
