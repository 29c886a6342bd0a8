import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/packed-once.ts",
    // Compilers, installations and real processes on a busy machine: what hangs is found, what is slow is not failed.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
