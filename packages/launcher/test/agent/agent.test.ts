import { once } from "node:events";
import { expect, test } from "vitest";
import { agentProgram, RUNTIME_OPTIONS } from "../../src/head/program-file.ts";
import { testWorld } from "../world.ts";

test("an agent ends whose greeting nobody answers, also when nobody closes its input", async () => {
  await using world = testWorld();
  const agent = await world.runCmd({ argv: [process.execPath, ...RUNTIME_OPTIONS, agentProgram] });
  await once(agent.stdout, "data");
  expect(await agent.exited).toEqual({ code: 0, signal: null });
  expect(agent.lastErrors()).toMatch(/Ending: the head did not answer the greeting within 45 s/);
});
