/** Folders that are not on all nodes, or not by the same name: a mount that is missing, and an automounter. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectComputedOnce, expectSound } from "./faults-checks.ts";
import { FaultCluster, type RunDir, USER } from "./faults-cluster.ts";

vi.setConfig({ maxConcurrency: 3, testTimeout: 120_000 });

/** A program that is alone in its folder, but for links to what it imports. */
const ALONE = `
import { defineRemote, mapConcurrently, programInfo, remoteEval, runJobSlurm } from "@hyperion-ts/job";
import { z } from "zod";
export const where = defineRemote(import.meta, { name: "where", input: z.number(), output: z.array(z.unknown()), run: (_, { node, attempt }) => [node, attempt] });
if (import.meta.main) console.log(JSON.stringify(await runJobSlurm(programInfo("."), mapConcurrently([...Array(12).keys()], (x) => remoteEval(where, x)))));
`;

describeOnTestbed(describe)("folders", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(16)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Runs commands on a node as root. */
  async function onNode(node: string, ...commands: readonly string[]): Promise<void> {
    for (const command of commands)
      expect(await cluster.testbed.run(node, command.split(" ")), command).toMatchObject({ exitCode: 0 });
  }

  /** A job on these nodes, with the lines of its script; its output is in the folder. */
  async function submit(dir: RunDir, nodes: readonly string[], ...lines: readonly string[]): Promise<string> {
    const args = [`-N${nodes.length}`, "-w", nodes.join(","), "--exclusive", "-o", `${dir.inCluster}/out.txt`];
    const id = await cluster.testbed.sbatch(["#!/bin/sh", ...lines, ""].join("\n"), {
      user: USER,
      cwd: dir.inCluster,
      args,
    });
    await cluster.testbed.waitForJob(id);
    return await cluster.testbed.readFile(`${dir.inCluster}/out.txt`);
  }

  test.concurrent.each([
    ["is not mounted", "mode=755", ["n1", "n2"], /Cannot find module/],
    ["can't be read", "mode=700", ["n3", "n4"], /EACCES|Cannot find module/],
  ] as const)(
    "a node where the program's folder %s is left out, and the calls are made on the others",
    async (_, mode, nodes, why) => {
      const [head, other] = nodes;
      const dir = await cluster.dir(`hidden-on-${other}`);
      const program = join(dir.path, "program");
      mkdirSync(join(program, "node_modules/@hyperion-ts"), { recursive: true });
      symlinkSync("/srv/checkout/packages/job", join(program, "node_modules/@hyperion-ts/job"));
      symlinkSync("/srv/checkout/packages/job/node_modules/zod", join(program, "node_modules/zod"));
      writeFileSync(join(program, "prog.ts"), ALONE);
      await onNode(other, `mount -t tmpfs -o ${mode} none ${dir.inCluster}/program`);
      const printed = await submit(dir, nodes, "exec /opt/node/node program/prog.ts");
      expect(printed).toContain(JSON.stringify(Array.from({ length: 12 }, () => [head, 1])));
      expect(dir.eventsOf("node-left-out").map(({ node, reason }) => [node, reason])).toEqual([
        [other, expect.stringMatching(why)],
      ]);
      expect(printed).toMatch(new RegExp(`${other} is left out: .*program/prog\\.ts`));
    },
  );

  test.concurrent("a node that has not what --import names is lost, because its workers do not start", async () => {
    const dir = await cluster.dir("hook-missing");
    mkdirSync(join(dir.path, "hooks"));
    writeFileSync(join(dir.path, "hooks/hook.mjs"), "");
    await onNode("n16", `mount -t tmpfs none ${dir.inCluster}/hooks`);
    await submit(
      dir,
      ["n15", "n16"],
      `exec /opt/node/node --import ./hooks/hook.mjs /srv/checkout/packages/job/test/slurm/programs/faults-program.ts . '{"width":12,"ms":200}'`,
    );
    expectSound(dir);
    expect(new Set(dir.notes.map(({ node }) => node))).toEqual(new Set(["n15"]));
    expect(dir.eventsOf("node-lost").map(({ node, reason }) => [node, reason])).toContainEqual([
      "n16",
      expect.stringMatching(
        /its workers do not start: [^]*Cannot find module '\/srv\/runs\/hook-missing\/hooks\/hook\.mjs'/,
      ),
    ]);
  });

  test.concurrent("a node on which the program's directory is missing is left out when others have it", async () => {
    const dir = await cluster.dir("directory-missing");
    await onNode("n11", `mount -t tmpfs -o mode=700 none ${dir.inCluster}`);
    await submit(
      dir,
      ["n9", "n10", "n11"],
      `exec /opt/node/node /srv/checkout/packages/job/test/slurm/programs/faults-program.ts . '{"width":12,"ms":200}'`,
    );
    expectSound(dir);
    expect(new Set(dir.notes.map(({ node }) => node))).toEqual(new Set(["n9", "n10"]));
    expect(dir.eventsOf("node-left-out").map(({ node, reason }) => [node, reason])).toEqual([
      [
        "n11",
        expect.stringMatching(/the program's directory can't be entered there, as it can on other nodes: EACCES/),
      ],
    ]);
  });

  test.concurrent("a directory that only the program's own node has costs no node, and it is said where the others run", async () => {
    const dir = await cluster.dir("directory-local");
    await onNode("n12", "mount -t tmpfs none /mnt");
    await submit(
      dir,
      ["n12", "n13", "n14"],
      "mkdir /mnt/local",
      "cd /mnt/local",
      `exec /opt/node/node /srv/checkout/packages/job/test/slurm/programs/faults-program.ts ${dir.inCluster} '{"width":24,"ms":200}'`,
    );
    expectSound(dir);
    expect(new Set(dir.notes.map(({ node }) => node))).toEqual(new Set(["n12", "n13", "n14"]));
    const ran =
      /workers run in \/home\/alice, because the program's directory can't be entered there: ENOENT.*\/mnt\/local/;
    expect(new Map(dir.eventsOf("node-ready").map(({ node, note }) => [node, ran.test(note ?? "")]))).toEqual(
      new Map([
        ["n12", false],
        ["n13", true],
        ["n14", true],
      ]),
    );
  });

  test.concurrent.each([
    ["node-ssh", ["n1", "n2"]],
    ["ssh", ["n3", "n4"]],
    ["srun", ["n5", "n6"]],
  ] as const)("where nodes have an automounter, %s finds them by the names that were used", async (type, nodes) => {
    const [head, other] = nodes;
    const dir = await cluster.dir(`automounted-${type}`);
    const folders = [
      ["src", "/srv/checkout"],
      ["node", "/opt/node"],
      ["data", dir.inCluster],
    ] as const;
    // One node serves the folders and has links to them, the other one has mounts.
    await onNode(head, "mount -t tmpfs none /mnt", "mkdir -p /mnt/export/vol1 /mnt/auto");
    await onNode(other, "mount -t tmpfs none /mnt");
    for (const [name, from] of folders) {
      await onNode(
        head,
        `mkdir /mnt/export/vol1/${name}`,
        `mount --bind ${from} /mnt/export/vol1/${name}`,
        `ln -s ../export/vol1/${name} /mnt/auto/${name}`,
      );
      await onNode(other, `mkdir -p /mnt/auto/${name}`, `mount --bind ${from} /mnt/auto/${name}`);
    }
    const request = JSON.stringify({ width: 12, ms: 200, options: { reach: { transport: { type } } } });
    await submit(
      dir,
      nodes,
      "cd /mnt/auto/data",
      "PATH=/mnt/auto/node:$PATH",
      `exec node /mnt/auto/src/packages/job/test/slurm/programs/faults-program.ts . '${request}'`,
    );
    expectSound(dir);
    expectComputedOnce(dir);
    expect(new Set(dir.notes.map(({ node }) => node))).toEqual(new Set(nodes));
    expect(dir.eventsOf("node-left-out")).toEqual([]);
    expect(dir.printed).not.toMatch(/can't be entered here/);
    expect(await cluster.testbed.run(other, ["ls", "/mnt"])).toMatchObject({ stdout: "auto\n" });
  });

  test.concurrent("a link that only the program's own node has is followed for the others", async () => {
    const dir = await cluster.dir("linked");
    await onNode(
      "n7",
      "mount -t tmpfs none /mnt",
      `ln -s ${dir.inCluster} /mnt/mine`,
      "ln -s /srv/checkout /mnt/src",
      "ln -s /opt/node /mnt/node",
    );
    // A folder of the name, but another one.
    await onNode("n8", "mount -t tmpfs none /mnt", "mkdir -p /mnt/mine");
    await submit(
      dir,
      ["n7", "n8"],
      "cd /mnt/mine",
      `exec /mnt/node/node /mnt/src/packages/job/test/slurm/programs/faults-program.ts . '{"width":12,"ms":200}'`,
    );
    expectSound(dir);
    expect(new Set(dir.notes.map(({ node }) => node))).toEqual(new Set(["n7", "n8"]));
    expect(await cluster.testbed.run("n8", ["ls", "/mnt/mine"])).toMatchObject({ stdout: "" });
  });
});
