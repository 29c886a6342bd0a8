/**
 * `npm test`: types, lint and tests of all packages through turbo, then one line
 * that counts the tests of every package (vitest's own JSON reports, summed), so
 * that a person and a CI log see at the end what was checked.
 *
 * Tests on a real Slurm cluster run where one can be made (tooling/testbed); elsewhere they are skipped, and counted.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testbedMissing } from "@hyperion-ts/testbed";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reports = "{packages,apps,tooling}/*/test-results.json";

const missing = testbedMissing();

for (const file of globSync(reports, { cwd: root })) rmSync(new URL(`../../../${file}`, import.meta.url));

const turbo = spawnSync("pnpm", ["exec", "turbo", "run", "typecheck", "lint", "test", "--continue", ...process.argv.slice(2)], {
  cwd: root,
  // A result without a cluster does not stand for one with it.
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", HYPERION_TESTBED: missing === null ? "here" : "missing" },
  stdio: ["ignore", "inherit", "inherit"],
});

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of globSync(reports, { cwd: root })) {
  const report = JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests;
  // A file that could not even be loaded has no test that failed; it counts as one.
  failed += report.testResults.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length;
}

const ok = turbo.status === 0 && failed === 0 && passed > 0;
if (turbo.status !== 0) console.log("\nA check above failed: its output says which package and why. Types and lint count as checks, not as tests.");
if (skipped > 0) console.log(`\n${skipped} tests were skipped.${missing === null ? "" : ` Those on a real Slurm cluster are among them: ${missing}`}`);
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = ok ? 0 : 1;
