import { defineConfig } from "vitest/config";

// Real processes on a busy machine: what hangs is found, what is slow is not failed.
export default defineConfig({ test: { testTimeout: 120_000 } });
