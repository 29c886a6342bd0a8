/** What the leased workers do: run a call, or import the module for one. Looked at once a second, and not counted. */
import type { CallWaitReason } from "@hyperion-ts/progress";
import type { AtWork } from "./call-counts.ts";
import type { LeasedWorker } from "./leased-worker.ts";
import type { Task } from "./task.ts";

/** The functions that workers run, and those whose modules they import. */
export function atWork(workers: Iterable<LeasedWorker>): AtWork {
  const running: string[] = [];
  const loading: string[] = [];
  for (const worker of workers) {
    const name = worker.inFlight.running?.functionName;
    if (name !== undefined) (loadingTask(worker) === undefined ? running : loading).push(name);
  }
  return { running, loading };
}

/** Which module the first worker imports; undefined where none does, or a call runs. */
export function loadingReason(
  workers: Iterable<LeasedWorker>,
): Extract<CallWaitReason, { kind: "module-loading" }> | undefined {
  let first: LeasedWorker | undefined;
  for (const worker of workers) {
    if (loadingTask(worker) !== undefined) first ??= worker;
    else if (worker.inFlight.running !== undefined) return undefined;
  }
  const module = first === undefined ? undefined : loadingTask(first)?.fn.module;
  return first === undefined || module === undefined
    ? undefined
    : { kind: "module-loading", node: first.node.name, module };
}

/** The task for whose call the worker imports the module: what would run is not running yet. */
const loadingTask = ({ worker, inFlight: { running } }: LeasedWorker): Task | undefined =>
  running !== undefined && worker?.loads(running.functionName) === true ? running : undefined;
