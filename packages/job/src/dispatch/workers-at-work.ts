/** What the leased workers do: run a call, or import the module for one. Looked at once a second, and not counted. */
import type { CallWaitReason } from "@hyperion-ts/progress";
import type { AtWork } from "./call-counts.ts";
import type { LeasedWorker } from "./leased-worker.ts";

export function atWork(workers: Iterable<LeasedWorker>): AtWork {
  const running: string[] = [];
  const loading: string[] = [];
  for (const worker of workers) {
    const name = worker.inFlight.running?.functionName;
    if (name !== undefined) (worker.loading === undefined ? running : loading).push(name);
  }
  return { running, loading };
}

/** Which module the first worker imports; undefined where none does, or a call runs. */
export function loadingReason(
  workers: Iterable<LeasedWorker>,
): Extract<CallWaitReason, { kind: "module-loading" }> | undefined {
  let first: LeasedWorker | undefined;
  for (const worker of workers) {
    if (worker.loading !== undefined) first ??= worker;
    else if (worker.inFlight.running !== undefined) return undefined;
  }
  const module = first?.loading?.fn.module;
  return first === undefined || module === undefined
    ? undefined
    : { kind: "module-loading", node: first.node.name, module };
}
