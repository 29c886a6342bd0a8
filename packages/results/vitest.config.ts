import { defineConfig } from "vitest/config";

// Real processes on a busy machine: what hangs is found, what is slow is not failed. Files that mostly wait for processes
// run beside others, also on two CPUs.
export default defineConfig({ test: { testTimeout: 60_000, maxWorkers: 2 } });
