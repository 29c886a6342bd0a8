/** The one error of a remote call that failed. */
import { inspect } from "node:util";
import type { CallFailure } from "@hyperion-ts/wire";
import type { WorkerDeath } from "@hyperion-ts/launcher";
import { userFrames } from "./user-stack.ts";

/** Why a call failed. */
export type CallReason =
  /** The function itself: it threw, its values don't fit, its module can't be loaded. The `cause` is what the function threw, or its module. */
  | { readonly kind: CallFailure["kind"] }
  /** Its worker died, or its node was lost, under every attempt. */
  | { readonly kind: "worker-died"; readonly death: WorkerDeath }
  /** No worker could be started for it. */
  | { readonly kind: "not-started" }
  /** No node is left: all of them were lost. */
  | { readonly kind: "no-node" }
  /** Its run ended before it: nobody had waited for it. */
  | { readonly kind: "run-ended" }
  /** A person has ended it, from outside of its program. */
  | { readonly kind: "cancelled" }
  /** It held more memory than its share, with the setting `memoryLimit: "end"`; in megabytes. */
  | { readonly kind: "over-memory"; readonly memoryMb: number; readonly usedMb: number }
  /** It ran longer than the limit of `setTaskTimeLimit`, in milliseconds. */
  | { readonly kind: "timed-out"; readonly timeLimitMs: number };

/** Where a call was and what it was. */
export interface CallSite {
  /** The name that `defineRemote` was given, e.g. `"roots/bracket"`. */
  readonly functionName: string;
  /** The node's name; empty where the call found none. */
  readonly node: string;
  /** Ids of that node; empty where it found none. */
  readonly cpuIds: readonly number[];
  /** The attempt that failed last, from 1 on. */
  readonly attempt: number;
  /** How many attempts the call had in all. */
  readonly attempts: number;
  /** The path of the worker's log file; null where there is none. */
  readonly logFile: string | null;
  /** The time that the last attempt took, in milliseconds. */
  readonly ranMs: number;
}

const MAX_INPUT_IN_MESSAGE = 300;

/** A remote call failed. `reason` says how, `cause` is the error that the function threw, if it did. Its stack leads to the line of the program that called. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code = "call-failed";
  /** How the call failed. */
  readonly reason: CallReason;
  /** Which call it was, and where. */
  readonly site: CallSite;
  /** What the function was called with, as its caller gave it; undefined where it was not known yet. */
  readonly input: unknown;

  /** `detail` says in words what happened to the call with this `input`. */
  constructor(
    reason: CallReason,
    site: CallSite,
    { detail, input }: { readonly detail: string; readonly input: unknown },
    options?: ErrorOptions,
  ) {
    super(
      `${headline(site, reason)}\n  ${detail}\n  input  ${showInput(input)}${site.logFile === null ? "" : `\n  log    ${site.logFile}`}`,
      options,
    );
    this.reason = reason;
    this.site = site;
    this.input = input;
    this.stack = [`${this.name}: ${this.message}`, ...userFrames(this)].join("\n");
  }
}

function headline({ functionName, node, cpuIds, attempt, attempts, ranMs }: CallSite, reason: CallReason): string {
  if (reason.kind === "run-ended") return `${functionName} was left behind`;
  if (node === "" && reason.kind === "cancelled") return `${functionName} was cancelled before it began`;
  if (node === "") return `${functionName} found no node, attempt ${attempt} of ${attempts}`;
  const where = cpuIds.length === 0 ? node : `${node} (CPU ${cpuIds.join(",")})`;
  return `${functionName} failed on ${where}, attempt ${attempt} of ${attempts}, after ${(ranMs / 1_000).toFixed(1)} s`;
}

function showInput(input: unknown): string {
  const text = inspect(input, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 3,
    maxArrayLength: 10,
    maxStringLength: 100,
  });
  return text.length <= MAX_INPUT_IN_MESSAGE ? text : `${text.slice(0, MAX_INPUT_IN_MESSAGE)}...`;
}
