/** vitest's reports: one JSON file for each run in the folder of its package. */
import { globSync, readFileSync, rmSync } from "node:fs";

const REPORTS = "{packages,apps,tooling}/*/test-results*.json";

/** How many tests there were; `failed` has one for each file that could not even be loaded. */
export interface TestCounts {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests that failed. */
  readonly failed: number;
  /** Tests that did not run. */
  readonly skipped: number;
}

/** A test that failed, or a file of tests that could not be loaded. */
export interface FailedTest {
  /** Its report's path, from the root: it tells the package, and the release where that is another than the machine's. */
  readonly report: string;
  /** The file of the test. */
  readonly file: string;
  /** Absent for a file that could not be loaded. */
  readonly name?: string;
  /** Why it failed. */
  readonly messages: readonly string[];
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  /** Its absolute path. */
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** Removes the reports of earlier runs below `root`. */
export function removeReports(root: string): void {
  for (const file of globSync(REPORTS, { cwd: root })) rmSync(`${root}/${file}`);
}

/** Adds up all reports that are there. */
export function readReports(root: string): TestCounts {
  const all = reportsOf(root).map(({ report }) => report);
  const sum = (count: (report: Report) => number): number => all.reduce((total, report) => total + count(report), 0);
  return {
    passed: sum(({ numPassedTests }) => numPassedTests),
    failed: sum((report) => report.numFailedTests + report.testResults.filter(isNotLoaded).length),
    skipped: sum(({ numPendingTests }) => numPendingTests),
  };
}

/** All that failed, in the order of the reports. */
export const failedTests = (root: string): readonly FailedTest[] =>
  reportsOf(root).flatMap(({ path, report }) => report.testResults.flatMap((file) => failuresOf(path, file)));

function failuresOf(report: string, file: FileResult): readonly FailedTest[] {
  if (isNotLoaded(file)) return [{ report, file: file.name, messages: [file.message] }];
  return file.assertionResults
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => ({ report, file: file.name, name: fullName, messages: failureMessages }));
}

const isNotLoaded = ({ status, assertionResults }: FileResult): boolean =>
  status === "failed" && assertionResults.length === 0;

const reportsOf = (root: string): readonly { readonly path: string; readonly report: Report }[] =>
  globSync(REPORTS, { cwd: root }).map((path) => ({
    path,
    report: JSON.parse(readFileSync(`${root}/${path}`, "utf8")) as Report,
  }));
