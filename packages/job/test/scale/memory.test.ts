import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { TempDir } from "../local-run.ts";
import type { Measured, Memory, Verb } from "./many-calls.ts";

const program = fileURLToPath(new URL("many-calls.ts", import.meta.url));
const TIMEOUT_MS = 300_000;

/** Runs the program, with workers, in a process and a directory of its own. */
async function measure(verb: Verb, calls: number): Promise<Measured> {
  using dir = new TempDir();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", program, dir.path, verb, String(calls)],
    { timeout: TIMEOUT_MS },
  );
  const measured: Measured = JSON.parse(stdout);
  console.log(
    `${calls} calls through ${verb} in ${measured.seconds.toFixed(1)} s: ${shown(measured.early)} up to the 10,000th, ${shown(measured.peak)} in all`,
  );
  return measured;
}

const shown = ({ liveMb, residentMb }: Memory): string =>
  `${liveMb.toFixed(1)} MB in use (${residentMb.toFixed(0)} MB resident)`;

function expectBounded({ early, peak }: Measured): void {
  // A leak of 50 bytes a call would be 4.5 MB after 90,000 calls more.
  expect(peak.liveMb).toBeLessThan(early.liveMb + 4);
  // V8 makes the heap's young generation larger, up to a limit, as long as there is much garbage.
  expect(peak.residentMb).toBeLessThan(2 * early.residentMb + 100);
}

test(
  "100,000 calls through streamConcurrently need no more memory of the head than the first 10,000",
  { timeout: TIMEOUT_MS },
  async () => {
    const measured = await measure("streamConcurrently", 100_000);
    expect(measured).toMatchObject({ calls: 100_000, sum: 9_999_900_000 });
    expectBounded(measured);
  },
);

test(
  "1,000,000 inputs through forConcurrently_ need no more memory of the head than the first 10,000",
  { timeout: TIMEOUT_MS },
  async () => {
    const measured = await measure("forConcurrently_", 1_000_000);
    expect(measured).toMatchObject({ calls: 1_000_000, sum: 999_999_000_000 });
    expectBounded(measured);
  },
);
