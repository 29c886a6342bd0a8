/** Nodes that a step of srun does not reach, or only after a while. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LauncherOptions } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import { ClusterHead, clusterForTests } from "./cluster-head.ts";
import { OLD_NODE } from "./cluster-heads.ts";

describeOnTestbed(describe)("a node by srun", () => {
  const cluster = clusterForTests({
    nodes: [
      { name: "good", cpus: 2 },
      { name: "picky", cpus: 2 },
    ],
    users: [{ name: "alice" }],
  });
  let head: ClusterHead;
  beforeAll(async () => {
    const { stderr } = await cluster().run("login", ["salloc", "--no-shell", "-w", "good"], { user: "alice" });
    head = new ClusterHead(cluster(), { env: { SLURM_JOB_ID: /allocation (\d+)/.exec(stderr)?.[1] ?? "" } });
  });
  afterAll(() => head[Symbol.asyncDispose]());
  beforeEach(() => void (head.logged.length = 0));
  const bySrun: LauncherOptions = { reach: { transport: { type: "srun" }, attempts: 2, pauseMs: 100 } };

  test.each([
    ["is not there", "/opt/nowhere/node", /\/opt\/nowhere\/node.*Node\.js is not there on that node under the path/s],
    ["is too old", "/home/alice/old-node", /ERR_UNKNOWN_FILE_EXTENSION.*The Node\.js of that node is too old/s],
  ])("whose Node.js %s says so at once", async (_, nodePath, message) => {
    await cluster().run("login", ["tee", "old-node"], { user: "alice", input: OLD_NODE });
    await cluster().run("login", ["chmod", "+x", "old-node"], { user: "alice" });
    expect(await thrownBy(head.open("good", { ...bySrun, nodePath }))).toMatchObject({
      message: expect.stringMatching(message),
      transient: false,
    });
    expect(head.logged).toEqual([]);
  });

  test("that is not of the job is refused at once, and not tried again", async () => {
    expect(await thrownBy(head.open("picky", bySrun))).toMatchObject({
      message: expect.stringMatching(
        /the agent on picky .*srun: error: Unable to create step .*: Requested node configuration is not available/s,
      ),
      transient: false,
    });
    expect(head.logged).toEqual([]);
  });

  test("without its slurmd is tried again, and named", async () => {
    await cluster().fault.killSlurmd("good");
    expect(await thrownBy(head.open("good", bySrun))).toMatchObject({
      message: expect.stringMatching(/the agent on good .*Communication connection failure/s),
    });
    expect(head.logged).toEqual([expect.stringMatching(/^good: attempt 1 of 2 failed/)]);
    await cluster().fault.heal("good");
  });
});
