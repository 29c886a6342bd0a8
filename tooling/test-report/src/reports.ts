/** vitest's reports: one JSON file for each run in the folder of its package. */
import { globSync, readFileSync, rmSync } from "node:fs";

const reports = "{packages,apps,tooling}/*/test-results*.json";

/** How many tests there were; `failed` has one for each file that could not even be loaded. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

export const removeReports = (root: string): void => {
  for (const file of globSync(reports, { cwd: root })) rmSync(`${root}/${file}`);
};

/** Adds up all reports that are there. */
export function readReports(root: string): TestCounts {
  const all = globSync(reports, { cwd: root }).map((file) => JSON.parse(readFileSync(`${root}/${file}`, "utf8")) as Report);
  const sum = (count: (report: Report) => number): number => all.reduce((total, report) => total + count(report), 0);
  const notLoaded = ({ testResults }: Report): number => testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  return {
    passed: sum(({ numPassedTests }) => numPassedTests),
    failed: sum((report) => report.numFailedTests + notLoaded(report)),
    skipped: sum(({ numPendingTests }) => numPendingTests),
  };
}
