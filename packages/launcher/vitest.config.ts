import { defineConfig } from "vitest/config";

// Real processes and clusters on a busy machine: what hangs is found, what is slow is not failed.
export default defineConfig({ test: { testTimeout: 180_000, hookTimeout: 180_000 } });
