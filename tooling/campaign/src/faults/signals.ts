/** Signals to the program, its agent and its workers, at any moment: what `kill`, a terminal or the kernel sends. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LaptopFault } from "../fault.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";
import type { LaptopTarget } from "../world/laptop-target.ts";
import type { Role } from "../world/marked-processes.ts";

/** What is heard at the end of a run whose agent is gone: there is no other node. */
const agentLost = fails(/agent|is lost|no node/i);
/** Silence is noticed soon, so that rounds don't wait for it. */
const SILENCE_MS = 1_500;
const QUICK = { cpus: 2, times: { heartbeatMs: 300, silenceMs: SILENCE_MS, connectTimeoutMs: 6_000 } } as const;
const SHORT_MS = 300;
const LONG_MS = 2 * SILENCE_MS;

/** Whatever comes, comes beside a COMMIT: calls are over before. */
const AT_COMMITS: Partial<LaptopFault> = { moments: ["running", "running", "ending"], haltAtCommitMs: 25 };

type Strike = (target: LaptopTarget) => Promise<void>;

/** The head hears it, or had ended before. */
const head =
  (...signals: readonly NodeJS.Signals[]): Strike =>
  async (target) => {
    for (const [i, signal] of signals.entries()) {
      if (i > 0) await sleep(target.random.between(0, 250));
      if (!target.hasEnded) target.signal(target.head, signal);
    }
  };

/** One of a role, at random. */
const one =
  (role: Role, signal: NodeJS.Signals): Strike =>
  async (target) => {
    const found = await target.find(role);
    if (found.length > 0) target.signal(target.random.oneOf(found), signal);
  };

const each =
  (role: Role, signal: NodeJS.Signals): Strike =>
  async (target) => {
    for (const pid of await target.find(role)) target.signal(pid, signal);
  };

/** One stands still for a while. */
const pausing =
  (role: Role | "head", ms: number): Strike =>
  async (target) => {
    const pid = role === "head" ? target.head : (await target.find(role))[0];
    if (pid === undefined || target.hasEnded) return;
    target.signal(pid, "SIGSTOP");
    await sleep(ms);
    target.signal(pid, "SIGCONT");
  };

const interruptedBy = (signal: NodeJS.Signals): readonly ExpectedEnd[] => [
  COMPLETES,
  fails(new RegExp(`Interrupted by ${signal}`)),
  isKilled(signal),
];

const fault = (
  name: string,
  strike: Strike,
  ends: readonly ExpectedEnd[],
  more: Partial<LaptopFault> = {},
): LaptopFault => ({ name, kind: "signals", world: "laptop", strike, ends, ...more });

/** Which signals processes get. */
export const signals: readonly LaptopFault[] = [
  fault("head-kill", head("SIGKILL"), [COMPLETES, isKilled("SIGKILL")]),
  fault("head-term", head("SIGTERM"), interruptedBy("SIGTERM")),
  fault("head-int", head("SIGINT"), interruptedBy("SIGINT")),
  fault("head-hup", head("SIGHUP"), interruptedBy("SIGHUP")),
  fault("head-quit", head("SIGQUIT"), [COMPLETES, isKilled("SIGQUIT")]),
  fault("head-int-twice", head("SIGINT", "SIGINT"), [...interruptedBy("SIGINT"), fails(/^/)]),
  fault("head-term-then-kill", head("SIGTERM", "SIGKILL"), [...interruptedBy("SIGTERM"), isKilled("SIGKILL")]),
  fault("head-kill-around-commit", head("SIGKILL"), [COMPLETES, isKilled("SIGKILL")], AT_COMMITS),
  fault("head-term-around-commit", head("SIGTERM"), interruptedBy("SIGTERM"), AT_COMMITS),
  fault("head-stop-short", pausing("head", SHORT_MS), [COMPLETES]),
  fault("head-stop-long", pausing("head", LONG_MS), [COMPLETES], { options: QUICK }),
  fault(
    "head-stop-then-kill",
    async (target) => {
      await head("SIGSTOP")(target);
      await sleep(target.random.between(0, SILENCE_MS));
      await head("SIGKILL")(target);
    },
    [COMPLETES, isKilled("SIGKILL")],
    { options: QUICK },
  ),
  fault("head-group-kill", async (target) => target.signal(-target.head, "SIGKILL"), [COMPLETES, isKilled("SIGKILL")]),
  fault("head-group-int", async (target) => target.signal(-target.head, "SIGINT"), interruptedBy("SIGINT")),
  fault(
    "all-kill",
    async (target) => {
      for (const pid of target.random.some(100, target.all())) target.signal(pid, "SIGKILL");
    },
    [COMPLETES, isKilled("SIGKILL")],
  ),
  fault("agent-kill", one("agent", "SIGKILL"), [COMPLETES, agentLost]),
  fault("agent-term", one("agent", "SIGTERM"), [COMPLETES, agentLost]),
  fault("agent-int", one("agent", "SIGINT"), [COMPLETES, agentLost]),
  fault("agent-hup", one("agent", "SIGHUP"), [COMPLETES, agentLost]),
  fault(
    "agent-group-kill",
    async (target) => {
      for (const pid of await target.find("agent")) target.signal(-pid, "SIGKILL");
    },
    [COMPLETES, agentLost],
  ),
  fault("agent-stop-short", pausing("agent", SHORT_MS), [COMPLETES]),
  fault("agent-stop-long", pausing("agent", LONG_MS), [COMPLETES, agentLost], { options: QUICK }),
  fault("agent-stop", one("agent", "SIGSTOP"), [COMPLETES, agentLost], { options: QUICK }),
  fault(
    "agent-stop-then-head-kill",
    async (target) => {
      await one("agent", "SIGSTOP")(target);
      await sleep(target.random.between(0, 300));
      await head("SIGKILL")(target);
    },
    [COMPLETES, isKilled("SIGKILL")],
    { options: QUICK },
  ),
  fault(
    "agent-stop-then-head-int",
    async (target) => {
      await one("agent", "SIGSTOP")(target);
      await head("SIGINT")(target);
    },
    [...interruptedBy("SIGINT"), agentLost],
    { options: QUICK },
  ),
  fault("worker-kill", one("worker", "SIGKILL"), [COMPLETES]),
  fault("worker-term", one("worker", "SIGTERM"), [COMPLETES]),
  fault("worker-int", one("worker", "SIGINT"), [COMPLETES]),
  fault("worker-hup", one("worker", "SIGHUP"), [COMPLETES]),
  fault("worker-stop-short", pausing("worker", SHORT_MS), [COMPLETES]),
  fault("worker-stop-long", pausing("worker", LONG_MS), [COMPLETES]),
  fault(
    "worker-stop-then-head-kill",
    async (target) => {
      await each("worker", "SIGSTOP")(target);
      await head("SIGKILL")(target);
    },
    [COMPLETES, isKilled("SIGKILL")],
  ),
  fault(
    "worker-stop-then-head-int",
    async (target) => {
      await each("worker", "SIGSTOP")(target);
      await head("SIGINT")(target);
    },
    interruptedBy("SIGINT"),
  ),
  fault("workers-kill", each("worker", "SIGKILL"), [COMPLETES]),
  fault(
    "workers-kill-storm",
    async (target) => {
      for (let left = 6; left > 0 && !target.hasEnded; left -= 1) {
        await one("worker", "SIGKILL")(target);
        await sleep(target.random.between(20, 250));
      }
    },
    [COMPLETES, fails(/calls failed/)],
  ),
  fault(
    "spare-kill",
    async (target) => {
      await one("worker", "SIGKILL")(target);
      await one("spare", "SIGKILL")(target);
    },
    [COMPLETES],
    { moments: ["running"] },
  ),
  fault(
    "spare-stop",
    async (target) => {
      await one("worker", "SIGKILL")(target);
      await one("spare", "SIGSTOP")(target);
      await one("worker", "SIGKILL")(target);
    },
    [COMPLETES],
    { moments: ["running"], options: { cpus: 2, times: { connectTimeoutMs: 3_000 } } },
  ),
];
