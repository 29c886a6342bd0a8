/**
 * The nodes of a pool as a workplace that connects to them, to all at once, with the first call: a run that finds all its
 * results starts nothing on them.
 */
import type { TaskLauncher } from "../dispatch/task-launcher.ts";
import type { LazyNodePool } from "./node-pool.ts";
import type { OldCodeNews } from "./old-code-news.ts";
import { type Workplace, workplaceOver } from "./workplace.ts";

/** When the batch system ends the run, and what aborts when the run ends early. */
export interface LazyWorkplaceOptions {
  /** On the clock of `steadyNowMs`; null: never, or not known. */
  readonly endTimeMs: number | null;
  /** Failures after its abort are nobody's. */
  readonly signal: AbortSignal;
}

/** The nodes of `nodePool` as a workplace, which has it from now on. Its `failed` rejects when too few nodes can be reached. */
export function lazyWorkplaceOver(
  nodePool: LazyNodePool,
  oldCode: OldCodeNews,
  { endTimeMs, signal }: LazyWorkplaceOptions,
): Workplace {
  const workplace = workplaceOver(nodePool, oldCode, endTimeMs);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let phase: "unneeded" | "needed" | "over" = "unneeded";
  const connect = (): Promise<void> => {
    const connected = nodePool.connect();
    if (phase !== "unneeded") return connected;
    phase = "needed";
    connected.catch((error: unknown) => {
      if (phase === "needed" && !signal.aborted) failed.reject(error);
    });
    return connected;
  };
  const dispatcher = (): LazyNodePool["dispatcher"] => {
    if (phase === "unneeded") void connect();
    return nodePool.dispatcher;
  };
  const taskLauncher: TaskLauncher = {
    launch: (request) => dispatcher().launch(request),
    evaluate: (request, call, caller) => dispatcher().evaluate(request, call, caller),
  };
  return {
    ...workplace,
    taskLauncher,
    env: { ...workplace.env, connect },
    failed: failed.promise,
    drain: () => {
      // No call begins any more.
      if (phase === "unneeded") phase = "over";
      return workplace.drain();
    },
    [Symbol.asyncDispose]: () => {
      phase = "over";
      return workplace[Symbol.asyncDispose]();
    },
  };
}
