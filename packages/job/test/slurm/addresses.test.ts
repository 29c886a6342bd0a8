/** Nodes whose names no name server knows: Slurm has addresses of its own for them. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectSound } from "./faults-checks.ts";
import { FaultCluster, USER } from "./faults-cluster.ts";

describeOnTestbed(describe)("a node whose name can't be looked up", { timeout: 120_000 }, () => {
  let cluster: FaultCluster;
  beforeAll(async () => {
    cluster = await FaultCluster.open(4, { SlurmdTimeout: "30" });
    await cluster.testbed.run("login", [
      "sh",
      "-c",
      "sed '/ n[23]$/d' /etc/hosts > /tmp/hosts-$$ && cat /tmp/hosts-$$ > /etc/hosts; rm /tmp/hosts-$$",
    ]);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.for([["node-ssh"], ["ssh"]] as const)(
    "is reached by %s at Slurm's NodeAddr, and its key is verified by its name",
    async ([type]) => {
      expect((await cluster.testbed.run("login", ["getent", "hosts", "n2"])).exitCode).not.toBe(0);
      const dir = await cluster.dir(type);
      const request = {
        width: 20,
        ms: 200,
        options: { leastNodes: 3, reach: { transport: { type }, attempts: 1 } },
      };
      const id = await cluster.testbed.sbatch(dir.script(request), {
        user: USER,
        cwd: dir.inCluster,
        args: ["-N3", "-w", "n1,n2,n4", "--exclusive", "-o", "out.txt"],
      });
      expect([(await cluster.testbed.waitForJob(id)).state, dir.printed.includes("left out")]).toEqual([
        "COMPLETED",
        false,
      ]);
      expectSound(dir);
      expect([...new Set(dir.notes.map(({ node }) => node))].toSorted()).toEqual(["n1", "n2", "n4"]);
    },
  );

  test.for([["node-ssh"], ["ssh"]] as const)(
    "is reached by %s also where its key is known by its address only, and refused where another key is known by its name",
    async ([type]) => {
      const other = (await cluster.testbed.run("login", ["sh", "-c", "grep '^n4,' /etc/ssh/ssh_known_hosts"])).stdout
        .split(" ")
        .slice(1)
        .join(" ");
      const own = (await cluster.testbed.run("login", ["sh", "-c", "grep '^n3,' /etc/ssh/ssh_known_hosts"])).stdout
        .split(" ")
        .slice(1)
        .join(" ");
      const address = cluster.testbed.nodes.find(({ name }) => name === "n3")?.address ?? "";
      const left: (string | undefined)[] = [];
      for (const [name, known] of [
        ["address", `${address} ${own}`],
        ["other", `n3 ${other}`],
      ] as const) {
        await cluster.testbed.run("login", ["tee", `known-${name}`], { user: USER, input: known });
        await cluster.testbed.run("login", ["tee", `config-${name}`], {
          user: USER,
          input: `Host *\nUserKnownHostsFile /home/${USER}/known-${name}\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\n`,
        });
        const dir = await cluster.dir(`${type}-${name}`);
        const configured =
          type === "ssh"
            ? { type, options: ["-F", `/home/${USER}/config-${name}`] }
            : { type, configFile: `/home/${USER}/config-${name}` };
        const id = await cluster.testbed.sbatch(
          dir.script({ width: 20, ms: 50, options: { reach: { transport: configured, attempts: 1 } } }),
          { user: USER, cwd: dir.inCluster, args: ["-N2", "-w", "n1,n3", "--exclusive", "-o", "out.txt"] },
        );
        expect((await cluster.testbed.waitForJob(id)).state).toBe("COMPLETED");
        left.push(dir.eventsOf("node-left-out").map(({ reason }) => reason)[0]);
      }
      expect(left).toEqual([undefined, expect.stringMatching(/host key .*(?:known-other:1|has changed)/is)]);
    },
  );
});
