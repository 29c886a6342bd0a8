import { defineConfig } from "vitest/config";

// Sockets on a busy machine: what hangs is found, what is slow is not failed.
export default defineConfig({ test: { testTimeout: 60_000 } });
