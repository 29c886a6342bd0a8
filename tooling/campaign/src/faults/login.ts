/** What happens to a program on the login node and to its two Slurm jobs: to it, to their heads, to the link, to Slurm. */
import { testbedMissing } from "@hyperion-ts/testbed";
import type { LoginFault } from "../fault.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";
import { PROGRAMS } from "../world/cluster-target.ts";
import { controllerHangs, controllerStops, cutForAWhile, pausing, requeue, slurm, type Strike, to } from "./strikes.ts";

/** Slurm lets a job wait for two minutes whose start has failed, as behind a cut. */
const ENDS_WITHIN_MS = 240_000;

const JOB_FAILS = [COMPLETES, fails(/failed in Slurm job/)];

interface LoginStrike {
  readonly name: string;
  readonly kind: LoginFault["kind"];
  readonly strike: Strike;
  readonly ends?: readonly ExpectedEnd[];
  /** Whether nothing happens to what calls run in. Default false. */
  readonly once?: boolean;
}

const on =
  (shared: boolean) =>
  ({ name, kind, strike, ends = [COMPLETES], once = false }: LoginStrike): LoginFault => ({
    name: `login-${name}`,
    kind,
    world: "login",
    strike,
    ends,
    shared,
    once,
    moments: ["starting", "running", "running", "running", "ending"],
    endsWithinMs: ENDS_WITHIN_MS,
    missing: testbedMissing,
  });

/** Jobs that make some calls of each other's hear of their results over the link: it is there all the time. */
const linked: readonly LoginStrike[] = [
  { name: "worker-kill", kind: "signals", strike: to("otherNode", PROGRAMS.worker, "SIGKILL") },
  { name: "agent-kill", kind: "signals", strike: to("otherNode", PROGRAMS.agent, "SIGKILL"), ends: JOB_FAILS },
  { name: "head-stop", kind: "signals", strike: pausing("otherNode", PROGRAMS.jobHead) },
  { name: "head-kill", kind: "signals", strike: to("otherNode", PROGRAMS.jobHead, "SIGKILL"), ends: JOB_FAILS },
  { name: "scancel", kind: "slurm", strike: slurm("scancel"), ends: JOB_FAILS },
  { name: "requeue", kind: "slurm", strike: requeue },
  { name: "controller-hangs", kind: "slurm", strike: controllerHangs, once: true },
  { name: "controller-stops", kind: "slurm", strike: controllerStops, once: true },
];

/** Where the link is gone for a while, jobs go on by themselves. */
const alone: readonly LoginStrike[] = [
  {
    name: "program-kill",
    kind: "signals",
    strike: to("login", PROGRAMS.loginProgram, "SIGKILL"),
    ends: [COMPLETES, isKilled("SIGKILL")],
    once: true,
  },
  {
    name: "program-term",
    kind: "signals",
    strike: to("login", PROGRAMS.loginProgram, "SIGTERM"),
    ends: [COMPLETES, fails(/Interrupted by SIGTERM/), isKilled("SIGTERM")],
    once: true,
  },
  { name: "program-stop", kind: "signals", strike: pausing("login", PROGRAMS.loginProgram), once: true },
  { name: "relay-kill", kind: "signals", strike: to("otherNode", PROGRAMS.relay, "SIGKILL"), once: true },
  { name: "cut-and-back", kind: "nodes", strike: cutForAWhile("login"), once: true },
  { name: "node-cut-and-back", kind: "nodes", strike: cutForAWhile("otherNode"), once: true },
  {
    name: "sshd-killed",
    kind: "nodes",
    strike: ({ cluster, otherNode }) => cluster.fault.killSshd(otherNode, { sessions: true }),
    once: true,
  },
];

/** What happens to a program on the login node. */
export const login: readonly LoginFault[] = [...linked.map(on(true)), ...alone.map(on(false))];
