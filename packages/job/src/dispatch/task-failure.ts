/** Makes the errors of attempts, with a message that says what happened. */
import { inspect } from "node:util";
import { showDuration } from "@hyperion-ts/bounds";
import { describeDeath, type WorkerDeath } from "@hyperion-ts/launcher";
import { type CallFailure, type ErrorData, errorFromData } from "@hyperion-ts/wire";
import { userPlace } from "../user-stack.ts";
import type { EndingWhy, FailInstruction } from "./call-state.ts";
import { TaskError, type TaskPlace } from "./task-error.ts";
import type { TaskOptions } from "./task-launcher.ts";

/** The function failed, its schemas or its module. */
export const failedTask = (failure: CallFailure, place: TaskPlace): TaskError =>
  new TaskError({ kind: "failed", failure }, place, describeFailure(failure), causeOf(failure));

/** The worker died. */
export const lostTask = (death: WorkerDeath, place: TaskPlace): TaskError =>
  new TaskError({ kind: "lost", death }, place, describeDeath(death));

/** No worker came up with what the call asks for. */
export const notStartedTask = (error: Error, place: TaskPlace): TaskError =>
  new TaskError({ kind: "not-started" }, place, error.message, { cause: error });

/** All nodes are lost; `lost` tells of each what became of it. */
export function noNodeTask(lost: ReadonlyMap<string, string>, cause: Error): TaskError {
  const nodes = [...lost].map(([node, reason]) => `${node} was lost: ${reason}`).join("\n  ");
  return new TaskError(
    { kind: "no-node" },
    NOWHERE,
    `no node is left to run it. What was stored is kept: run the program again. ${nodes}`,
    { cause },
  );
}

/** The run was over before the call. */
export const runEndedTask = (): TaskError =>
  new TaskError(
    { kind: "run-ended" },
    NOWHERE,
    "the run ended while this call waited or ran. Was it awaited? A job has to await each call that it makes, or return its promise: its end is the end of the run",
  );

/** A person has ended the call, from outside of its program. */
export const cancelledTask = (place: TaskPlace): TaskError =>
  new TaskError({ kind: "cancelled" }, place, "a person has cancelled it (hyperion cancel)");

/** A call was asked to end, or ended with its worker, because of one of its limits. */
export function endedTask(
  why: Exclude<EndingWhy, { kind: "aborted" }>,
  options: TaskOptions,
  place: TaskPlace,
): TaskError {
  switch (why.kind) {
    case "timed-out":
      return timedOutTask(options.timeLimitMs ?? 0, place);
    case "over-memory":
      return overMemoryTask(options.memoryMb ?? 0, why.usedMb, place);
    default:
      return why satisfies never;
  }
}

const timedOutTask = (timeLimitMs: number, place: TaskPlace): TaskError =>
  new TaskError(
    { kind: "timed-out", timeLimitMs },
    place,
    `it ran longer than its time limit of ${showDuration(timeLimitMs)}, which setTaskTimeLimit sets`,
  );

const overMemoryTask = (memoryMb: number, usedMb: number, place: TaskPlace): TaskError =>
  new TaskError(
    { kind: "over-memory", memoryMb, usedMb },
    place,
    `it held ${usedMb} MB of memory, more than the ${memoryMb} MB of setTaskMemory, and was ended for that (memoryLimit: "end"). Reserve what such calls need`,
  );

/** What a caller is told. `detail` is the error that has come; `ended` makes that of a call which was asked to end. */
export function failureOf(instruction: FailInstruction, detail: unknown, ended: () => unknown): unknown {
  switch (instruction) {
    case "fail":
      return detail;
    case "fail-aborted":
    case "fail-timed-out":
    case "fail-over-memory":
      return ended();
    case "fail-given-back":
      return new Error("This worker was given back before its call had ended: await the call first");
    default:
      return instruction satisfies never;
  }
}

/** The place of an attempt that had none. */
export const NOWHERE: TaskPlace = { node: "", cpuIds: [], logFile: null, ranMs: 0 };

/** What the function threw, or its module. That a module can't be used is told by the message in full. */
function causeOf(failure: CallFailure): ErrorOptions {
  const { error } = failure;
  const cause = isOfModule(failure) && error.kind === "error" ? error.cause : error;
  return cause === undefined ? {} : { cause: errorFromData(cause) };
}

function describeFailure(failure: CallFailure): string {
  const { error } = failure;
  if (error.kind === "value")
    return `threw ${inspect(error.value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 300 })}, which is no error`;
  const place = placeOf(failure, error);
  return `${error.name}: ${error.message}${place === undefined ? "" : `\n         ${place}`}`;
}

/** Where in the person's code it was thrown helps; where in ours a value was refused does not. */
function placeOf(failure: CallFailure, error: Extract<ErrorData, { kind: "error" }>): string | undefined {
  if (failure.kind === "threw" || failure.kind === "uncaught") return userPlace(error);
  if (failure.kind === "module-failed") return userPlace(error.cause?.kind === "error" ? error.cause : error);
  return undefined;
}

const isOfModule = ({ kind }: CallFailure): boolean =>
  kind === "module-failed" || kind === "unknown-function" || kind === "code-changed";
