/** What happens to a program in a Slurm allocation of two nodes: to the other node, the network, the job, the controller. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterFault } from "../fault.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";
import { testbedMissing } from "@hyperion-ts/testbed";
import { PROGRAMS } from "../world/cluster-target.ts";
import {
  controllerHangs,
  controllerStops,
  cutForAWhile,
  pausing,
  requeue,
  SILENCE_MS,
  slurm,
  type Strike,
  to,
} from "./strikes.ts";

const ENDS_WITHIN_MS = 90_000;

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

const KILLED = [COMPLETES, isKilled("SIGKILL")];
const INTERRUPTED = [COMPLETES, fails(/Interrupted by SIG/), isKilled("SIGTERM"), isKilled("CANCELLED")];

/** What happens to a program in an allocation. */
export const cluster: readonly ClusterFault[] = [
  ssh("head-kill", "signals", to("headNode", PROGRAMS.program, "SIGKILL"), KILLED),
  ssh("head-term", "signals", to("headNode", PROGRAMS.program, "SIGTERM"), INTERRUPTED),
  ssh("head-stop", "signals", pausing("headNode", PROGRAMS.program), [COMPLETES]),
  ssh("agent-kill", "signals", to("otherNode", PROGRAMS.agent, "SIGKILL"), [COMPLETES]),
  ssh("agent-stop", "signals", pausing("otherNode", PROGRAMS.agent), [COMPLETES]),
  ssh(
    "agent-stop-then-head-kill",
    "signals",
    async (target) => {
      await to("otherNode", PROGRAMS.agent, "SIGSTOP")(target);
      await to("headNode", PROGRAMS.program, "SIGKILL")(target);
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
  ssh("controller-hangs", "slurm", controllerHangs, [COMPLETES]),
  srun("head-kill", "signals", to("headNode", PROGRAMS.program, "SIGKILL"), KILLED),
  srun("agent-kill", "signals", to("otherNode", PROGRAMS.agent, "SIGKILL"), [COMPLETES]),
  srun("step-killed", "signals", to("headNode", /^\S*srun /, "SIGKILL"), [COMPLETES]),
  srun("node-cut", "nodes", ({ cluster, otherNode }) => cluster.fault.cut(otherNode), [COMPLETES]),
  srun("scancel", "slurm", slurm("scancel"), INTERRUPTED),
  srun("controller-stopped", "slurm", controllerStops, [COMPLETES]),
];

/** What one node sends to the other is dropped; what comes the other way is not. */
function oneWay(from: "headNode" | "otherNode", to: "headNode" | "otherNode"): Strike {
  return async (target) => {
    const address = target.cluster.nodes.find(({ name }) => name === target[to])?.address ?? "";
    await target.run(target[from], "ip", "route", "add", "blackhole", `${address}/32`);
    target.undoLater(() => target.run(target[from], "ip", "route", "del", "blackhole", `${address}/32`));
  };
}
