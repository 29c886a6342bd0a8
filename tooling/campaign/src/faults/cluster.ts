/** What happens to a program in a Slurm allocation of two nodes: to the other node, the network, the job, the controller. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterFault } from "../fault.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";
import { testbedMissing } from "@hyperion-ts/testbed";
import { type ClusterTarget, PROGRAMS } from "../world/cluster-target.ts";

const SILENCE_MS = 4_000;
const ENDS_WITHIN_MS = 90_000;

type Strike = (target: ClusterTarget) => Promise<void>;
type Kind = ClusterFault["kind"];

const over =
  (world: ClusterFault["world"]) =>
  (name: string, kind: Kind, strike: Strike, ends: readonly ExpectedEnd[]): ClusterFault => ({
    name: `${world}-${name}`,
    kind,
    world,
    strike,
    ends,
    moments: ["running", "running", "running", "ending"],
    endsWithinMs: ENDS_WITHIN_MS,
    missing: testbedMissing,
    options: {
      times: { heartbeatMs: 500, silenceMs: SILENCE_MS, headSilenceMs: SILENCE_MS },
      reach: { transport: { type: world === "ssh" ? "node-ssh" : "srun" } },
    },
  });

const ssh = over("ssh");
const srun = over("srun");

/** To one process of a kind on a node, at random. */
const to =
  (where: "headNode" | "otherNode", what: RegExp, name: NodeJS.Signals): Strike =>
  async (target) => {
    const found = await target.find(target[where], what);
    if (found.length > 0) target.signal(target.random.oneOf(found), name);
  };

/** For a while: shorter than a silence, or longer. */
const pausing =
  (where: "headNode" | "otherNode", what: RegExp): Strike =>
  async (target) => {
    const [pid] = await target.find(target[where], what);
    if (pid === undefined) return;
    target.signal(pid, "SIGSTOP");
    await sleep(target.random.oneOf([300, 2 * SILENCE_MS]));
    target.signal(pid, "SIGCONT");
  };

const slurm =
  (...command: readonly string[]): Strike =>
  (target) =>
    target.run("login", ...command, String(target.jobId));

const KILLED = [COMPLETES, isKilled("SIGKILL")];
const INTERRUPTED = [COMPLETES, fails(/Interrupted by SIG/), isKilled("SIGTERM"), isKilled("CANCELLED")];

/** What happens to a program in an allocation. */
export const cluster: readonly ClusterFault[] = [
  ssh("head-kill", "signals", to("headNode", PROGRAMS.head, "SIGKILL"), KILLED),
  ssh("head-term", "signals", to("headNode", PROGRAMS.head, "SIGTERM"), INTERRUPTED),
  ssh("head-stop", "signals", pausing("headNode", PROGRAMS.head), [COMPLETES]),
  ssh("agent-kill", "signals", to("otherNode", PROGRAMS.agent, "SIGKILL"), [COMPLETES]),
  ssh("agent-stop", "signals", pausing("otherNode", PROGRAMS.agent), [COMPLETES]),
  ssh(
    "agent-stop-then-head-kill",
    "signals",
    async (target) => {
      await to("otherNode", PROGRAMS.agent, "SIGSTOP")(target);
      await to("headNode", PROGRAMS.head, "SIGKILL")(target);
    },
    KILLED,
  ),
  ssh("worker-kill", "signals", to("otherNode", PROGRAMS.worker, "SIGKILL"), [COMPLETES]),
  ssh(
    "sshd-killed",
    "nodes",
    ({ cluster, otherNode, random }) => cluster.fault.killSshd(otherNode, { sessions: random.between(0, 1) === 1 }),
    [COMPLETES],
  ),
  ssh("node-cut", "nodes", ({ cluster, otherNode }) => cluster.fault.cut(otherNode), [COMPLETES]),
  ssh("node-cut-and-back", "nodes", cutForAWhile("otherNode"), [COMPLETES]),
  ssh("head-node-cut-and-back", "nodes", cutForAWhile("headNode"), [COMPLETES]),
  ssh("node-unheard", "nodes", oneWay("otherNode", "headNode"), [COMPLETES]),
  ssh("node-deaf", "nodes", oneWay("headNode", "otherNode"), [COMPLETES]),
  ssh("node-without-power", "nodes", ({ cluster, otherNode }) => cluster.fault.stop(otherNode), [COMPLETES]),
  ssh("scancel", "slurm", slurm("scancel"), INTERRUPTED),
  ssh("signal-before-limit", "slurm", slurm("scancel", "--signal=USR1", "--batch"), [
    COMPLETES,
    fails(/Interrupted by SIGUSR1/),
    isKilled("SIGUSR1"),
  ]),
  ssh(
    "suspend-resume",
    "slurm",
    async (target) => {
      await slurm("scontrol", "suspend")(target);
      await sleep(target.random.oneOf([500, 2 * SILENCE_MS]));
      await slurm("scontrol", "resume")(target);
    },
    [COMPLETES],
  ),
  ssh("requeue", "slurm", requeue, INTERRUPTED),
  ssh("slurmd-killed", "nodes", ({ cluster, otherNode }) => cluster.fault.killSlurmd(otherNode), [COMPLETES]),
  ssh(
    "node-slow",
    "nodes",
    ({ cluster, otherNode, random }) => cluster.fault.slow(otherNode, { delayMs: random.between(50, 500) }),
    [COMPLETES],
  ),
  ssh(
    "controller-hangs",
    "slurm",
    async ({ cluster, random }) => {
      await cluster.fault.hangSlurmctld();
      await sleep(random.between(500, 3_000));
      await cluster.fault.startSlurmctld();
    },
    [COMPLETES],
  ),
  srun("head-kill", "signals", to("headNode", PROGRAMS.head, "SIGKILL"), KILLED),
  srun("agent-kill", "signals", to("otherNode", PROGRAMS.agent, "SIGKILL"), [COMPLETES]),
  srun("step-killed", "signals", to("headNode", /^\S*srun /, "SIGKILL"), [COMPLETES]),
  srun("node-cut", "nodes", ({ cluster, otherNode }) => cluster.fault.cut(otherNode), [COMPLETES]),
  srun("scancel", "slurm", slurm("scancel"), INTERRUPTED),
  srun(
    "controller-stopped",
    "slurm",
    async ({ cluster, random }) => {
      await cluster.fault.stopSlurmctld();
      await sleep(random.between(500, 3_000));
      await cluster.fault.startSlurmctld();
    },
    [COMPLETES],
  ),
];

/** Slurm lets a job that was put back wait for two minutes: here it waits no longer than it must. */
async function requeue(target: ClusterTarget): Promise<void> {
  await slurm("scontrol", "requeue")(target);
  const waits = async (): Promise<boolean> =>
    (await target.cluster.job(target.jobId)).some(({ state }) => state === "PENDING" || state === "COMPLETING");
  for (let left = 60; left > 0 && (await waits()); left -= 1) {
    await target.run("login", "scontrol", "update", `JobId=${target.jobId}`, "StartTime=now");
    await sleep(500);
  }
}

function cutForAWhile(which: "headNode" | "otherNode"): Strike {
  return async ({ cluster, random, [which]: node }) => {
    await cluster.fault.cut(node);
    await sleep(random.oneOf([500, 2 * SILENCE_MS]));
    await cluster.fault.heal(node);
  };
}

/** What one node sends to the other is dropped; what comes the other way is not. */
function oneWay(from: "headNode" | "otherNode", to: "headNode" | "otherNode"): Strike {
  return async (target) => {
    const address = target.cluster.nodes.find(({ name }) => name === target[to])?.address ?? "";
    await target.run(target[from], "ip", "route", "add", "blackhole", `${address}/32`);
    target.undoLater(() => target.run(target[from], "ip", "route", "del", "blackhole", `${address}/32`));
  };
}
