/** Signals in the last moment of a run: the job is done, and the agent is being ended. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { TempDir } from "../local-run.ts";

const program = fileURLToPath(new URL("../programs/signalled-late.ts", import.meta.url));

test.for(["SIGINT", "SIGTERM", "SIGHUP"])("%s while a run ends is an interruption, as it is before", async (signal) => {
  using dir = new TempDir();
  const { stdout } = await promisify(execFile)(process.execPath, [program, dir.path, signal]);
  expect(stdout).toMatch(
    new RegExp(
      `^interrupted Interrupted by ${signal}: 1 calls were done, 0 were ended while they ran, 0 had not begun\\.`,
    ),
  );
});
