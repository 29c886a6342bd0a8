/**
 * How a program ends with the failure of a run that nobody catches: `await runJobLocal(...)` at its top level. What
 * happened is said once, by the run's display where there is one, and the exit code tells what kind of end it was.
 *
 * Who catches an error never meets this. Nor does who listens to "uncaughtException": Node's monitor of uncaught errors
 * changes nothing, and tells before the process ends. What Node would print is left out by ending it in the last of the
 * "exit" listeners.
 */
import { isMainThread } from "node:worker_threads";
import { CallError } from "../call-error.ts";
import { failureText } from "./failure-text.ts";
import { InterruptedError } from "./interruption.ts";

/** The failures of runs; those that a display has shown. */
const failures = new WeakMap<object, "said" | "unsaid">();
let isWatching = false;

/** Runs `run`; its failure, if nobody catches it, ends the program in order. */
export async function endingProgram<A>(run: () => Promise<A>): Promise<A> {
  if (isMainThread && !isWatching) process.on("uncaughtExceptionMonitor", nobodyCaught);
  isWatching = true;
  try {
    return await run();
  } catch (error) {
    if (isObject(error) && !failures.has(error)) failures.set(error, "unsaid");
    throw error;
  }
}

/** A display has shown this failure. */
export function failureWasSaid(error: unknown): void {
  if (isObject(error)) failures.set(error, "said");
}

function nobodyCaught(error: unknown): void {
  const failure = isObject(error) ? (failures.get(error) ?? leftBehind(error)) : undefined;
  if (
    failure === undefined ||
    process.listenerCount("uncaughtException") > 0 ||
    process.hasUncaughtExceptionCaptureCallback()
  )
    return;
  process.once("exit", () => {
    if (failure === "unsaid") process.stderr.write(`${failureText(error)}\n`);
    process.exit(error instanceof InterruptedError ? error.exitCode : 1);
  });
}

/** A call that nobody awaited fails behind its run, which knows nothing of it. */
const leftBehind = (error: object): "unsaid" | undefined =>
  error instanceof CallError && error.reason.kind === "run-ended" ? "unsaid" : undefined;

const isObject = (error: unknown): error is object => typeof error === "object" && error !== null;
