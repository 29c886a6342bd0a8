import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Real processes and clusters on a busy machine: what hangs is found, what is slow is not failed. Files that mostly wait
// run beside others, also on two CPUs.
export default defineConfig({
  test: { testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: Math.max(3, availableParallelism() - 1) },
});
