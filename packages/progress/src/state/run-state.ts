/** What the display knows of a run: worked out from its events alone. Pure. */
import type { CallFailureKind } from "../events/call-failure-kind.ts";
import type { CallWaitReason } from "../events/call-wait.ts";
import type { RunEvent } from "../events/run-event.ts";
import { type CallsWithoutNode, nextCallsWithoutNode, NO_CALLS_WITHOUT_NODE } from "./calls-without-node.ts";
import { type FunctionProgress, functionProgress } from "./function-progress.ts";
import { problemKey } from "./problem-key.ts";
import { nextSlurmJobs, type SlurmJobProgress } from "./slurm-jobs.ts";

/** A run as its events tell it, at one moment. */
export interface RunState {
  /** The run's id; empty before its first event. */
  readonly programId: string;
  /** The path of the results database. */
  readonly database: string;
  /** The path of the run's log directory. */
  readonly logDir: string;
  /** On the clock of `nextRunState`'s `atMs`, as all times here. */
  readonly startedAtMs: number;
  /** Whether the run goes on. */
  readonly phase: RunPhase;
  /** The CPUs of each node that works. */
  readonly nodes: ReadonlyMap<string, number>;
  /** How many nodes were lost while the run went on. */
  readonly nodesLost: number;
  /** How many nodes are still being connected to. */
  readonly connecting: number;
  /** In the order of their first calls. A new array with each counts event. */
  readonly functions: readonly FunctionProgress[];
  /** How many results were found in the database. */
  readonly remembered: number;
  /** How many results were removed from the database. */
  readonly removed: number;
  /** What the first of the waiting calls waits for. */
  readonly waitingFor: CallWaitReason | null;
  /** The ids of the holds of remote calls that wait for a person. */
  readonly heldCalls: ReadonlySet<string>;
  /** How often each kind of problem came up, by `problemKey`. */
  readonly problems: ReadonlyMap<string, number>;
  /** What failing calls said, as far as it was shown. */
  readonly failures: readonly string[];
  /** The calls that no node was left for. */
  readonly withoutNode: CallsWithoutNode;
  /** When the counts were last known, or a node came up. */
  readonly countedAtMs: number;
  /** The Slurm jobs of a program on a login node, by their calls, in the order in which they were first told of. */
  readonly slurmJobs: ReadonlyMap<string, SlurmJobProgress>;
  /** Since when Slurm gives no answer; null: it does, or is not asked. */
  readonly slurmSilentSinceMs: number | null;
  /** What a person is being asked; null: nothing. */
  readonly question: string | null;
  /** Since when no call runs, although one is wanted or no node is there; null: one runs, or none is wanted. */
  readonly idleSinceMs: number | null;
}

/** Whether a run goes on. */
export type RunPhase =
  /** Calls may begin. */
  | { readonly kind: "running" }
  /** Calls are being ended. */
  | { readonly kind: "interrupted"; readonly signal: string }
  /** Nothing more comes. */
  | { readonly kind: "ended"; readonly outcome: "done" | "failed" | "interrupted" };

/** So many problems of a kind are shown. */
export const MAX_SHOWN = 5;

/** Before the first event. */
export const NO_RUN: RunState = {
  programId: "",
  database: "",
  logDir: "",
  startedAtMs: 0,
  phase: { kind: "running" },
  nodes: new Map(),
  nodesLost: 0,
  connecting: 0,
  functions: [],
  remembered: 0,
  removed: 0,
  waitingFor: null,
  heldCalls: new Set(),
  problems: new Map(),
  failures: [],
  withoutNode: NO_CALLS_WITHOUT_NODE,
  countedAtMs: 0,
  slurmJobs: new Map(),
  slurmSilentSinceMs: null,
  question: null,
  idleSinceMs: null,
};

/** The state after an event that came `atMs`, on a steady clock; the same object when the event changes nothing that is shown. */
export function nextRunState(before: RunState, event: RunEvent, atMs: number): RunState {
  const state = countWithoutNode(countProblem(before, event), event);
  switch (event.type) {
    case "run-started":
      return {
        ...state,
        programId: event.programId,
        database: event.database,
        logDir: event.logDir,
        startedAtMs: atMs,
        countedAtMs: atMs,
        idleSinceMs: atMs,
      };
    case "nodes-connecting":
      return { ...state, connecting: event.nodes };
    case "node-ready":
      return {
        ...state,
        nodes: new Map(state.nodes).set(event.node, event.cpus),
        connecting: Math.max(0, state.connecting - 1),
        countedAtMs: atMs,
        idleSinceMs: state.nodes.size === 0 ? null : state.idleSinceMs,
      };
    case "node-lost":
      return isShutdown(state, event)
        ? state
        : { ...state, nodes: without(state.nodes, event.node), nodesLost: state.nodesLost + 1 };
    case "counts":
      return counted(state, event, atMs);
    case "run-interrupted":
      return { ...state, phase: { kind: "interrupted", signal: event.signal } };
    case "run-ended":
      return { ...state, phase: { kind: "ended", outcome: event.outcome } };
    case "node-left-out":
      return state.nodes.has(event.node)
        ? { ...state, nodes: without(state.nodes, event.node) }
        : { ...state, connecting: Math.max(0, state.connecting - 1) };
    case "call-failed":
      return withFailure(state, event, event.message);
    case "call-held":
      return { ...state, heldCalls: new Set(state.heldCalls).add(event.hold) };
    case "call-released":
      return { ...state, heldCalls: new Set([...state.heldCalls].filter((id) => id !== event.hold)) };
    case "slurm-job": {
      const failed = event.state === "failed" && event.sentence !== null;
      const now = { ...state, slurmJobs: nextSlurmJobs(state.slurmJobs, event, atMs) };
      return failed ? withFailure(now, event, event.sentence) : now;
    }
    case "slurm-silent":
      return { ...state, slurmSilentSinceMs: atMs };
    case "slurm-answers":
      return { ...state, slurmSilentSinceMs: null };
    case "question":
      return { ...state, question: event.text };
    case "node-limited":
    case "call-over-memory":
    case "worker-started":
    case "worker-ended":
    case "worker-not-started":
    case "call-retried":
    case "call-ended":
    case "other-code":
    case "old-code":
    case "slurm-notice":
    case "log":
      return state;
    default:
      return event satisfies never;
  }
}

/** How many problems of the event's kind there were, with it; 1 for what is not counted. */
export function timesSeen({ problems }: RunState, event: RunEvent): number {
  const key = problemKey(event);
  return key === null ? 1 : (problems.get(key) ?? 0);
}

/** Whether the event tells of what we end ourselves: workers and nodes go at the end of a run, or after an interruption. */
export function isShutdown({ phase }: RunState, event: RunEvent): boolean {
  switch (event.type) {
    case "worker-ended":
    case "worker-not-started":
    case "node-lost":
    case "call-retried":
      return phase.kind !== "running";
    case "call-failed":
      return phase.kind === "ended" || (phase.kind === "interrupted" && ENDED_WITH_NODES.has(event.reason));
    default:
      return phase.kind === "ended";
  }
}

/** Why calls fail whose workers and nodes we end. */
const ENDED_WITH_NODES: ReadonlySet<CallFailureKind> = new Set(["worker-died", "not-started", "no-node"]);

function countWithoutNode(state: RunState, event: RunEvent): RunState {
  const withoutNode = isShutdown(state, event) ? state.withoutNode : nextCallsWithoutNode(state.withoutNode, event);
  return withoutNode === state.withoutNode ? state : { ...state, withoutNode };
}

const withFailure = (state: RunState, event: RunEvent, message: string): RunState =>
  timesSeen(state, event) <= MAX_SHOWN ? { ...state, failures: [...state.failures, message] } : state;

function countProblem(state: RunState, event: RunEvent): RunState {
  const key = problemKey(event);
  return key === null
    ? state
    : { ...state, problems: new Map(state.problems).set(key, (state.problems.get(key) ?? 0) + 1) };
}

function counted(
  state: RunState,
  { functions, remembered, removed, waitingFor }: Extract<RunEvent, { type: "counts" }>,
  atMs: number,
): RunState {
  const isIdle = waitingFor !== null && functions.every(({ running }) => running === 0);
  const idleSinceMs = isIdle ? (state.idleSinceMs ?? atMs) : null;
  return {
    ...state,
    functions: functions.map((counts) => functionProgress(state, counts, atMs)),
    remembered,
    removed,
    waitingFor,
    countedAtMs: atMs,
    idleSinceMs,
  };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
