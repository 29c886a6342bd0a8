import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { ownHierarchies } from "../src/cgroup-hierarchies.ts";
import { endHolder } from "../src/holder.ts";
import type { Holder } from "../src/holder.ts";
import { describeOnTestbed } from "../src/index.ts";
import { allProcesses, argumentsOf } from "@hyperion-ts/processes";
import { sbatch } from "../src/slurm-client.ts";
import { makeTestbed } from "../src/testbed.ts";
import { cgroupsOf, inNamespaces, machine, processesOf } from "./fixtures/traces.ts";

const SMALL = {
  nodes: [
    { name: "n1", cpus: 1 },
    { name: "gpu1", cpus: 1, gpus: 1 },
  ],
  cgroups: true,
};

describeOnTestbed(describe, { cgroups: true })("nothing is left of a cluster's cgroups", () => {
  const before = machine();
  const goneAfter = async (holder: Holder, end: () => Promise<unknown> | void): Promise<void> => {
    const { namespaces } = processesOf(holder);
    expect(cgroupsOf(holder)).toHaveLength(5);
    await end();
    await expect.poll(() => [...cgroupsOf(holder), ...inNamespaces(namespaces)], { timeout: 30_000 }).toEqual([]);
    expect(machine()).toEqual(before);
  };

  it("that was ended, ten times in a row, while a job ran", async () => {
    for (let round = 0; round < 10; round++) {
      const site = await makeTestbed(SMALL, "with-this-process");
      await sbatch(site, "#!/bin/sh\nsleep 1000\n", { args: ["-w", "n1"] });
      await expect
        .poll(() => existsSync(join(site.holder.cgroups?.cpuset ?? "", "n1/slurm_n1/uid_0")), { timeout: 30_000 })
        .toBe(true);
      await goneAfter(site.holder, () => endHolder(site.holder));
    }
  });

  it("whose holder was killed, whichever of its two processes", async () => {
    for (const part of ["outer", "init"] as const) {
      const { holder } = await makeTestbed(SMALL, "until-ended");
      await goneAfter(holder, () => void process.kill(holder[part].pid, "SIGKILL"));
    }
  });

  it("whose maker was killed", async () => {
    const { maker, holder } = await startMaker();
    await goneAfter(holder, () => void maker.kill("SIGKILL"));
  });

  it("whose maker and watcher were killed, as soon as the next cluster is made; and those of a living one stay", async () => {
    const { maker, holder } = await startMaker();
    const living = await makeTestbed(SMALL, "with-this-process");
    for (const { cgroups } of [holder, living.holder]) process.kill(watcherOf(cgroups?.cpuset ?? ""), "SIGKILL");
    maker.kill("SIGKILL");
    await expect.poll(() => inNamespaces(processesOf(holder).namespaces), { timeout: 30_000 }).toEqual([]);
    expect(cgroupsOf(holder)).toHaveLength(5);
    const next = await makeTestbed(SMALL, "with-this-process");
    expect([cgroupsOf(holder).length, cgroupsOf(living.holder).length]).toEqual([0, 5]);
    for (const site of [next, living]) await goneAfter(site.holder, () => endHolder(site.holder));
  });

  it("that did not come up", async () => {
    const own = (): readonly string[] =>
      ownHierarchies()
        .flatMap((hierarchy) => readdirSync(hierarchy.own))
        .filter((name) => name.startsWith(`hyperion-testbed-${process.pid}-`));
    await expect(
      makeTestbed({ ...SMALL, slurm: { SelectType: "select/no-such-plugin" } }, "with-this-process"),
    ).rejects.toThrow(/no-such-plugin/);
    expect(own()).toEqual([]);
  });
});

async function startMaker() {
  const maker = spawn(process.execPath, [join(import.meta.dirname, "fixtures/maker.ts"), "cgroups"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await Promise.race([
    once(createInterface({ input: maker.stdout }), "line"),
    once(maker, "close").then(() => Promise.reject(new Error("The maker has ended."))),
  ])) as [string];
  return { maker, holder: JSON.parse(line) as Holder };
}

const watcherOf = (folder: string): number =>
  allProcesses().find(
    ({ pid }) => argumentsOf(pid).includes("hyperion-testbed-watcher") && argumentsOf(pid).includes(folder),
  )?.pid ?? Number.NaN;
