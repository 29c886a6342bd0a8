/** Where a program lies that another module starts. */
import { expect, test } from "vitest";
import { ownProgram } from "../src/index.ts";

test.each([
  ["file:///srv/job/src/run/silence.ts", "/srv/job/src/agent/agent-main.ts"],
  ["file:///srv/job/dist/run/silence.js", "/srv/job/dist/agent/agent-main.js"],
  ["file:///srv/a%20b/hyperion-12/head.mjs", "/srv/a b/hyperion-12/agent-main.mjs"],
])("of the module %s it is %s", (url, program) => {
  expect(ownProgram({ url }, "../agent/agent-main")).toBe(program);
});
