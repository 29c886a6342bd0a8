/** Runs suites again, on clusters of a Debian release. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Release } from "@hyperion-ts/testbed";
import type { ReleaseRun, Suite } from "./release-suites.ts";

/** So many suites of a release run at the same time: their tests mostly wait. */
const LANES = 2;

/**
 * Runs the suites of a release; what each prints is shown when it has ended, because others run at the same time.
 *
 * @returns whether all went well; vitest's reports are in the packages' folders
 */
export async function runOnRelease(root: string, { release, suites }: ReleaseRun): Promise<boolean> {
  const left = [...suites.entries()];
  const lane = async (): Promise<boolean> => {
    let ok = true;
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [place, suite] = next;
      ok = (await runSuite(root, suite, release, `test-results.${release}.${place}.json`)) && ok;
    }
    return ok;
  };
  return (await Promise.all(Array.from({ length: LANES }, lane))).every(Boolean);
}

async function runSuite(
  root: string,
  { folder, name, files }: Suite,
  release: Release,
  report: string,
): Promise<boolean> {
  const vitest = [
    "exec",
    "vitest",
    "run",
    ...files,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const child = spawn("pnpm", vitest, {
    cwd: `${root}/${folder}`,
    env: { ...process.env, HYPERION_TESTBED_RELEASE: release },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [printed, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  console.log(`\n${name} on Debian ${release}: ${files.join(", ")}\n${printed}${errors}`);
  return code === 0;
}
