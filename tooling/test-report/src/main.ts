/**
 * `npm test`: types, lint and tests of all packages through turbo, then one line
 * that counts the tests of every package (vitest's own JSON reports, summed), so
 * that a person and a CI log see at the end what was checked.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reports = "{packages,apps,tooling}/*/test-results.json";

for (const file of globSync(reports, { cwd: root })) rmSync(new URL(`../../../${file}`, import.meta.url));

const turbo = spawnSync("pnpm", ["exec", "turbo", "run", "typecheck", "lint", "test", "--continue", ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  stdio: ["ignore", "inherit", "inherit"],
});

let passed = 0;
let failed = 0;
for (const file of globSync(reports, { cwd: root })) {
  const report = JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numFailedTestSuites: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A file that could not even be loaded has no test that failed; it counts as one.
  failed += report.testResults.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length;
}

const ok = turbo.status === 0 && failed === 0 && passed > 0;
if (turbo.status !== 0) console.log("\nA check above failed: its output says which package and why. Types and lint count as checks, not as tests.");
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = ok ? 0 : 1;
