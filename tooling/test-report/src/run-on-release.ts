/** Runs suites again, on clusters of a Debian release. */
import { spawnSync } from "node:child_process";
import type { Release } from "@hyperion-ts/testbed";
import type { ReleaseRun, Suite } from "./release-suites.ts";

/** @returns whether all went well; vitest's reports are in the packages' folders */
export const runOnRelease = (root: string, { release, suites }: ReleaseRun): boolean =>
  suites.map((suite, place) => runSuite(root, suite, release, `test-results.${release}.${place}.json`)).every(Boolean);

function runSuite(root: string, { folder, name, files }: Suite, release: Release, report: string): boolean {
  console.log(`\n${name} on Debian ${release}: ${files.join(", ")}`);
  const vitest = [
    "exec",
    "vitest",
    "run",
    ...files,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  return (
    spawnSync("pnpm", vitest, {
      cwd: `${root}/${folder}`,
      env: { ...process.env, HYPERION_TESTBED_RELEASE: release },
      stdio: ["ignore", "inherit", "inherit"],
    }).status === 0
  );
}
