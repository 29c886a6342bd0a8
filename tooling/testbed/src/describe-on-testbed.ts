/** For test suites that need a cluster: they run where one can be made, and elsewhere say how many of them do not. */
import { testbedMissing } from "./testbed-missing.ts";
import type { MissingOptions } from "./testbed-missing.ts";

/** `describe` of vitest, node:test and their like. */
export interface Describe {
  /** The same, for suites that are skipped. */
  readonly skip: unknown;
}

/**
 * The test framework's own `describe`, or its `describe.skip` where no cluster can be made; then it prints why, each reason once.
 * With CI=true nothing is skipped: a machine that should have a testbed and has none fails.
 *
 * @param options what the suite needs of its cluster
 * @example
 * const onTestbed = describeOnTestbed(describe);
 * onTestbed("my program on a cluster", () => { ... });
 *
 * @param options of which release the suite's clusters are, where they name one.
 */
export function describeOnTestbed<D extends Describe>(describe: D, options: MissingOptions = {}): D | D["skip"] {
  const missing = testbedMissing(options);
  if (missing === null || process.env["CI"] === "true") return describe;
  if (!explained.has(missing)) console.warn(`Tests on a real cluster are skipped. ${missing}`);
  explained.add(missing);
  return describe.skip;
}

const explained = new Set<string>();
