/** The warm workers of a node that have nothing to do. */
import type { LaunchedWorker } from "@hyperion-ts/launcher";
import type { WorkerShare } from "./start-blame.ts";

interface IdleWorker {
  readonly worker: LaunchedWorker;
  readonly share: WorkerShare;
}

/** Idle workers, by the CPUs that they sit on. */
export class IdleWorkers {
  /** By the array of CPU ids, which the pool hands out again for the same set. */
  readonly #byCpus = new Map<readonly number[], IdleWorker>();

  /** `worker`, which was started with this share, has nothing to do. */
  add(worker: LaunchedWorker, share: WorkerShare): void {
    this.#byCpus.set(share.cpuIds, { worker, share });
  }

  /** The one that was started with just this share, if there is one. */
  take(share: WorkerShare): LaunchedWorker | undefined {
    const idle = this.#byCpus.get(share.cpuIds);
    if (idle === undefined || idle.worker.ending || !sameShare(idle.share, share)) return undefined;
    this.#byCpus.delete(share.cpuIds);
    return idle.worker;
  }

  /** Those that sit on some of these CPUs. */
  takeOverlapping({ cpuIds }: WorkerShare): LaunchedWorker[] {
    const wanted = new Set(cpuIds);
    const overlapping = [...this.#byCpus.values()].filter(({ worker }) => worker.cpuIds.some((id) => wanted.has(id)));
    for (const { share } of overlapping) this.#byCpus.delete(share.cpuIds);
    return overlapping.map(({ worker }) => worker);
  }

  /** Any one of them. */
  takeAny(): LaunchedWorker | undefined {
    const [idle] = this.#byCpus.values();
    if (idle !== undefined) this.#byCpus.delete(idle.share.cpuIds);
    return idle?.worker;
  }

  /** All of them. */
  takeAll(): LaunchedWorker[] {
    const all = [...this.#byCpus.values()].map(({ worker }) => worker);
    this.#byCpus.clear();
    return all;
  }

  /** The worker is gone. */
  delete(worker: LaunchedWorker): void {
    if (this.#byCpus.get(worker.cpuIds)?.worker === worker) this.#byCpus.delete(worker.cpuIds);
  }
}

const sameShare = (a: WorkerShare, b: WorkerShare): boolean =>
  a.memoryMb === b.memoryMb && a.gpuIds.length === b.gpuIds.length && a.gpuIds.every((id, i) => id === b.gpuIds[i]);
