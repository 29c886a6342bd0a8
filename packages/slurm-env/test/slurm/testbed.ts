/** The testbed, by its path: it depends on this package, and turbo takes no circles. */
export { describeOnTestbed, testbed } from "../../../../tooling/testbed/src/index.ts";
export type { Testbed } from "../../../../tooling/testbed/src/index.ts";
