import { defineConfig } from "vitest/config";

// A cluster per file, on a busy machine: what hangs is found, what is slow is not failed. Most of the time is spent in
// waiting for Slurm to give up a node, so three files run side by side even where there are few CPUs.
export default defineConfig({ test: { testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 3 } });
