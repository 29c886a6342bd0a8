/** A program of a job whose file is changed while it runs: workers on all its nodes go on with the code that it began with. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FaultCluster, USER } from "./faults-cluster.ts";

vi.setConfig({ testTimeout: 120_000 });

const step = (body: string): string => `export const step = (x: number): number => ${body};\n`;

const program = `
import { writeFileSync } from "node:fs";
import { defineRemote, local, mapConcurrently, programInfo, remoteEval, runJobSlurm, setFreshWorkers, setTaskNode } from "@hyperion-ts/job";
import { z } from "zod";
import { step } from "./step.ts";
export const f = defineRemote(import.meta, { name: "f", input: z.number(), output: z.array(z.unknown()), run: (x, { node }) => [node, step(x)] });
const onBoth = mapConcurrently(["n1", "n2"], (node) => local(setTaskNode(node), local(setFreshWorkers(true), remoteEval(f, 1))));
if (import.meta.main) {
  const outcomes = await runJobSlurm(programInfo("."), async (env) => {
    const before = await onBoth(env);
    writeFileSync("program/step.ts", ${JSON.stringify(step("x + 1000"))});
    return [before, await onBoth(env)];
  });
  console.log(JSON.stringify(outcomes));
}
`;

describeOnTestbed(describe)("code that is changed while a job runs", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("workers that start after that on the program's node, and on another one, run the code as it was", async () => {
    const dir = await cluster.dir("changed");
    const folder = join(dir.path, "program");
    mkdirSync(join(folder, "node_modules/@hyperion-ts"), { recursive: true });
    symlinkSync("/srv/checkout/packages/job", join(folder, "node_modules/@hyperion-ts/job"));
    symlinkSync("/srv/checkout/packages/job/node_modules/zod", join(folder, "node_modules/zod"));
    writeFileSync(join(folder, "prog.ts"), program);
    writeFileSync(join(folder, "step.ts"), step("x + 1"), { mode: 0o666 });
    await cluster.testbed.run("login", ["chmod", "666", `${dir.inCluster}/program/step.ts`]);
    const id = await cluster.testbed.sbatch("#!/bin/sh\nexec /opt/node/node program/prog.ts\n", {
      user: USER,
      cwd: dir.inCluster,
      args: ["-N2", "--exclusive", "-o", `${dir.inCluster}/out.txt`],
    });
    await cluster.testbed.waitForJob(id);
    const both = [
      ["n1", 2],
      ["n2", 2],
    ];
    expect(await cluster.testbed.readFile(`${dir.inCluster}/out.txt`)).toContain(JSON.stringify([both, both]));
    const events = dir.eventsOf("old-code");
    expect(events.flatMap(({ files }) => files.map(({ path }) => path))).toEqual([`${dir.inCluster}/program/step.ts`]);
  });
});
