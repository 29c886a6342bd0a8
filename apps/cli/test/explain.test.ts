/** Why calls wait, what would change it, and until when: of a program whose calls wait for each other. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallList, CallReport } from "@hyperion-ts/control";
import { expect, test } from "vitest";
import { hyperion, json, TestFolder, WaitingProgram } from "./world.ts";

test("each wait is told with its reason, what would change it, and until when", async () => {
  using folder = new TestFolder();
  const dir = folder.path;
  await using program = new WaitingProgram(dir, 0, "waits.ts");
  await program.found();
  const say = (what: string): void => writeFileSync(join(dir, what), "");
  const call = (is: (call: CallReport) => boolean): Promise<CallReport> =>
    program.until(async () => (await json<CallList>("tasks", "--dir", dir)).calls.find(is));
  const explain = async (is: (call: CallReport) => boolean): Promise<string> => {
    const { code, out } = await hyperion("explain", (await call(is)).id, "--dir", dir);
    expect(code).toBe(0);
    return out;
  };
  const first = await call(({ stage }) => stage === "running");

  const equal = await explain(({ waiting }) => waiting?.reason?.kind === "equal-call");
  expect(equal).toMatch(
    /^call v1: values, waiting for [\s\S]*why +an equal call computes this value \(1 wait for it\)/,
  );
  expect(equal).toMatch(/until +that call has its value, or fails/);
  expect(equal).toMatch(/input +\{.*"what":"first"/);
  expect(equal).not.toContain("cancel");
  expect(await hyperion("cancel", "v1", "--dir", dir)).toMatchObject({
    code: 1,
    err: expect.stringContaining("end the call that computes it"),
  });

  say("next");
  const wide = await explain(({ cpus, waiting }) => cpus === 2 && waiting?.reason?.kind === "earmarked");
  expect(wide).toMatch(/why +it is first in line and waits for room on node \S+ \(needs 2 idle CPUs, 1 now\)/);
  expect(wide).toMatch(/until +enough calls on that node have ended/);
  say("last");
  const later = await explain(({ waiting }) => waiting?.reason?.kind === "behind");
  expect(later).toMatch(/why +it would fit on node \S+, which is kept for a request that came before it/);
  expect(later).toMatch(/until +the first in line has begun/);

  // The one that ran dies, and waits behind the others for its next attempt; the equal one waits on.
  say("die");
  const again = await explain(({ attempt, stage }) => attempt === 2 && stage === "waiting");
  expect(again).toMatch(/why +.*CPUs? idle/);
  expect(again).toMatch(/asks +1 CPU, attempt 2\n +again +.*SIGKILL/);
  expect((await call(({ id }) => id === "v1")).forSeconds).toBeGreaterThan(0);
  expect(await hyperion("explain", first.id, "--dir", dir)).toMatchObject({ code: 3 });

  program.go();
  await program.exited;
  expect(await program.printed).toBe("first first wide later\n");
});
