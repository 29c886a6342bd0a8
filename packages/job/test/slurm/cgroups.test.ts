import { availableParallelism } from "node:os";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sight } from "./programs/shapes-probe.ts";
import type { ShapeRequest } from "./programs/shapes-program.ts";
import { done } from "./shapes-checks.ts";
import { quoted, ShapeCluster } from "./shapes-cluster.ts";

/** Nodes with cgroups are as large as the machine; two jobs have to find room on one. */
const cpus = availableParallelism();
const limits = { timeout: 120_000, skip: cpus < 2 };
const transports = [
  ["ssh", {}],
  ["srun", { reach: { transport: { type: "srun" } } }],
] as const satisfies readonly (readonly [string, ShapeRequest["options"]])[];
const ONE_CPU_EACH = ["-N2", "-n2", "--ntasks-per-node=1", "--mem=1500"];

/** A cluster where somebody else has the first CPU and the first GPU of each node. */
async function openCluster(slurm: Readonly<Record<string, string>>): Promise<ShapeCluster> {
  const cluster = await ShapeCluster.open(
    ["n1", "n2"].map((name) => ({ name, cpus, gpus: 3 })),
    { cgroups: true, slurm },
  );
  await cluster.testbed.run(
    "login",
    ["salloc", "--no-shell", "-N2", "-n2", "--ntasks-per-node=1", "--gres=gpu:1", "--mem=100"],
    { user: "bob" },
  );
  return cluster;
}

const masksOf = (sights: readonly Sight[]): ReadonlyMap<string, string> =>
  new Map(sights.map(({ node, allowed }) => [node, allowed]));

describeOnTestbed(describe, { cgroups: true }).each([
  // An extern step keeps a job's cgroups on all of its nodes, as sites with pam_slurm_adopt have it.
  ["from its beginning", { PrologFlags: "Contain" }],
  ["only while a step of it runs there", {}],
])("a job beside others, with cgroups on its nodes %s", limits, (_, slurm) => {
  let cluster: ShapeCluster;
  beforeAll(async () => {
    cluster = await openCluster(slurm);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Tells of each node which CPUs the kernel keeps for the job. */
  const look =
    'echo "cpuset $(hostname) $(cat /sys/fs/cgroup/cpuset/slurm_$(hostname)/uid_$(id -u)/job_$SLURM_JOB_ID/cpuset.cpus)"';
  const cpusetsIn = (printed: string): ReadonlyMap<string, string> =>
    new Map([...printed.matchAll(/^cpuset (\S+) (\S+)$/gm)].map(([, node = "", list = ""]) => [node, list]));

  it.each(transports)(
    "pins its workers to its CPUs, on the head's node and on the one that is reached by %s",
    async (transport, options) => {
      const name = `cpus-${transport}`;
      const { printed } = await cluster.sbatch(
        ONE_CPU_EACH,
        `srun --overlap -N2 -n2 --ntasks-per-node=1 sh -c ${quoted(look)}\n${cluster.script(name, { together: 2, options })}`,
      );
      const { sights } = done(cluster.outcomes(name), printed);
      expect([...cpusetsIn(printed).keys()].toSorted()).toEqual(["n1", "n2"]);
      for (const { node, allowed } of sights) expect([node, allowed]).toEqual([node, cpusetsIn(printed).get(node)]);
      expect(masksOf(sights).size).toBe(2);
      await cluster.expectNobodyLeft();
    },
  );

  it("pins the workers of a heterogeneous job's components, which are jobs of their own, to theirs", async () => {
    const { printed } = await cluster.sbatch(
      [],
      `#SBATCH -n1 -w n1 --mem=1500\n#SBATCH hetjob\n#SBATCH -n1 -w n2 --mem=1500\n${cluster.script("het", { together: 2 })}`,
    );
    expect(masksOf(done(cluster.outcomes("het"), printed).sights)).toEqual(
      new Map([
        ["n1", "1"],
        ["n2", "1"],
      ]),
    );
    await cluster.expectNobodyLeft();
  });

  it("shares no CPU with another job of ours on the same nodes, both started from outside of them", async () => {
    await cluster.testbed.run("login", ["scancel", "--user=bob"]);
    const meet =
      "mkdir -p /srv/runs/both; touch /srv/runs/both/$SLURM_JOB_ID; until [ $(ls /srv/runs/both | wc -l) = 2 ]; do sleep 0.05; done";
    const script = (name: string): string =>
      `${meet}; exec ${cluster.program(name, { together: 2 }).map(quoted).join(" ")}`;
    const runs = await Promise.all(
      ["one", "other"].map((name) => cluster.run(["salloc", "--quiet", ...ONE_CPU_EACH, "sh", "-c", script(name)])),
    );
    const [one, other] = ["one", "other"].map((name, place) =>
      masksOf(done(cluster.outcomes(name), runs[place]?.printed).sights),
    );
    for (const node of ["n1", "n2"]) {
      expect([one?.get(node), other?.get(node)]).toEqual([
        expect.stringMatching(/^\d+$/),
        expect.stringMatching(/^\d+$/),
      ]);
      expect(one?.get(node)).not.toBe(other?.get(node));
    }
    await cluster.expectNobodyLeft();
  });
});

describeOnTestbed(describe, { cgroups: true })("a job that cgroups hold to its GPUs and memory", limits, () => {
  let cluster: ShapeCluster;
  beforeAll(async () => {
    cluster = await openCluster({});
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it.each(transports)(
    "gives its calls its own GPUs by the numbers that count where they run, also where %s leads",
    async (transport, options) => {
      const name = `gpus-${transport}`;
      const { printed } = await cluster.sbatch(
        [...ONE_CPU_EACH, "--gres=gpu:2"],
        cluster.script(name, { together: 2, gpus: 2, options }),
      );
      const { sights } = done(cluster.outcomes(name), printed);
      // CUDA counts what can be opened, from 0 on.
      const used = sights.map(({ node, cudaVisibleDevices, openGpus }) => ({
        node,
        gpus: cudaVisibleDevices?.split(",").map((place) => openGpus[Number(place)]),
      }));
      expect(new Set(used.map(({ node }) => node))).toEqual(new Set(["n1", "n2"]));
      for (const { node, gpus } of used) expect({ node, gpus }).toEqual({ node, gpus: [1, 2] });
      await cluster.expectNobodyLeft();
    },
  );

  it.each([
    ["the head's node", "n1", transports[0][1]],
    ["a node that is reached by srun", "n2", transports[1][1]],
  ])("says of a call on %s that took more than the job has that memory was used up", async (_, node, options) => {
    const name = `memory-${node}`;
    const { printed } = await cluster.sbatch(
      ["-N2", "-n2", "--ntasks-per-node=1", "--mem=700"],
      cluster.script(name, { together: 2, fill: { node, megabytes: 2000 }, options }),
    );
    const message = expect.stringMatching(/the kernel killed the worker: the limit of 700 MB of memory is reached/);
    expect(cluster.outcomes(name), printed).toMatchObject([{ type: "failed", message }]);
    await cluster.expectNobodyLeft();
  });
});
