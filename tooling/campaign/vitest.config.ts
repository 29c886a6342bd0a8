import { defineConfig } from "vitest/config";

// Real processes on a busy machine: what hangs is found by the campaign itself, what is slow is not failed. Rounds run two
// at a time within a file.
export default defineConfig({ test: { testTimeout: 180_000, maxConcurrency: 2, maxWorkers: 1 } });
