import { expect, it } from "vitest";
import { planCluster } from "../src/cluster-plan.ts";
import { gresConf, slurmConf } from "../src/slurm-conf.ts";

const plan = planCluster({
  nodes: [
    { name: "n1", cpus: 2 },
    { name: "n2", sockets: 2, coresPerSocket: 2, threadsPerCore: 2, memoryMb: 8000 },
    { name: "gpu1", cpus: 4, gpus: 2 },
    { name: "gpu2", cpus: 4, gpus: 1 },
  ],
  partitions: [{ name: "main" }, { name: "short", nodes: ["n1", "gpu1"], timeLimitMinutes: 5 }],
  slurm: { slurmdTIMEOUT: "30", KillWait: "1" },
});
const lines = slurmConf(plan).split("\n");

it("slurm.conf has a line for each node and each partition", () => {
  expect(lines.filter((line) => /^(NodeName|PartitionName|SlurmctldHost)=/.test(line))).toEqual([
    "SlurmctldHost=login(10.99.0.1)",
    "NodeName=n1 NodeAddr=10.99.0.2 CPUs=2 RealMemory=4000",
    "NodeName=n2 NodeAddr=10.99.0.3 Sockets=2 CoresPerSocket=2 ThreadsPerCore=2 RealMemory=8000",
    "NodeName=gpu1 NodeAddr=10.99.0.4 CPUs=4 RealMemory=4000 Gres=gpu:2",
    "NodeName=gpu2 NodeAddr=10.99.0.5 CPUs=4 RealMemory=4000 Gres=gpu:1",
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    "PartitionName=short Nodes=n1,gpu1 Default=NO MaxTime=5 State=UP",
  ]);
});

it("what the caller sets is there once, whatever its capital letters: Slurm takes a second line for an error", () => {
  expect(lines.filter((line) => /^(SlurmdTimeout|KillWait)=/i.test(line))).toEqual(["slurmdTIMEOUT=30", "KillWait=1"]);
});

it("gres.conf names a device file for each GPU", () => {
  expect(gresConf(plan)).toBe(
    "NodeName=gpu1 Name=gpu File=/run/hyperion-testbed/gpu/[0-1]\nNodeName=gpu2 Name=gpu File=/run/hyperion-testbed/gpu/0\n",
  );
});
