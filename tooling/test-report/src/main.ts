/**
 * `npm test`: types, lint and tests of all packages through turbo, then one line
 * that counts the tests of every package (vitest's own JSON reports, summed), so
 * that a person and a CI log see at the end what was checked, and what failed: a log of thousands of tests is often cut.
 *
 * Tests on a real Slurm cluster run where one can be made (tooling/testbed), on the machine's own Slurm; elsewhere they
 * are skipped, and counted. With CI=true they run on the Slurm of other Debian releases, too.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { releases, testbedMissing } from "@hyperion-ts/testbed";
import { releaseRuns, turnOf } from "./release-suites.ts";
import { failedTests, readReports, removeReports } from "./reports.ts";
import { runOnRelease } from "./run-on-release.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
// Tests start thousands of programs from sources: the first one compiles, the others load what it has made of them.
process.env["NODE_COMPILE_CACHE"] ??= `${root}/node_modules/.cache/hyperion-ts/compiled`;
const missing = testbedMissing();

removeReports(root);
console.log("Types, lint and tests of all packages: 15 to 30 minutes on two CPUs. The last line counts the tests.\n");
const turbo = spawnSync(
  "pnpm",
  ["exec", "turbo", "run", "typecheck", "lint", "test", "--continue", ...process.argv.slice(2)],
  {
    cwd: root,
    // A result without a cluster does not stand for one with it.
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", HYPERION_TESTBED: missing === null ? "here" : "missing" },
    stdio: ["ignore", "inherit", "inherit"],
  },
);
const onReleases = process.env["CI"] !== "true" || (await testOnReleases());

const { passed, failed, skipped } = readReports(root);
for (const { report, file, name, messages } of failedTests(root))
  console.log(`\nFAILED ${name ?? "to load"}\n  in ${file} (${report})\n${messages.join("\n").slice(0, 4_000)}`);
const ok = turbo.status === 0 && onReleases && failed === 0 && passed > 0;
if (turbo.status !== 0 || !onReleases)
  console.log(
    "\nA check above failed: its output says which package and why. Types and lint count as checks, not as tests.",
  );
if (skipped > 0)
  console.log(
    `\n${skipped} tests were skipped.${missing === null ? "" : ` Those on a real Slurm cluster are among them: ${missing}`}`,
  );
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = ok ? 0 : 1;

/** On each release but the machine's own, on which all tests have run: at the same time, as their tests mostly wait. */
async function testOnReleases(): Promise<boolean> {
  const machines = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const others = releases.filter((release) => release !== machines);
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" });
  console.log(
    `\nSuites on a real cluster run again on Debian ${others.join(" and ")}; the slowest ones only on ${turnOf(others, commit)}, by this commit.`,
  );
  const all = await Promise.all(releaseRuns(others, commit).map((run) => runOnRelease(root, run)));
  return all.every(Boolean);
}
