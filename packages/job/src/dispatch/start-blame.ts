/**
 * Who is to blame for a worker that did not start: the node, or what its call asks for. A heap of 1 MB is too small for
 * the runtime on every node, and no reason to give one up. So a plain worker, on the same CPUs but without the call's
 * share of memory and GPUs, is tried: where that comes up, the start counts against the call.
 */
import type { Lease } from "@hyperion-ts/cpu-pool";

/** What a worker is started with. */
export type WorkerShare = Pick<Lease, "cpuIds" | "gpuIds" | "memoryMb">;

/** A runtime with a smaller heap than this, in megabytes, may not even come up: Node.js 24 fails below 7 or 8. */
const LEAST_HEAP_MB = 16;

/** A call's worker does not start with what the call asks for, and starts without. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(node: string, share: WorkerShare, cause: Error) {
    super(
      `No worker starts on ${node} with ${describeSettings(share)}, while one without does.${advice(share)} ${cause.message}`,
      { cause },
    );
  }
}

/** Finds out who is to blame for starts that fail on one node. */
export class StartBlame {
  readonly #startPlain: (share: WorkerShare) => Promise<void>;
  /** The settings with which a worker has come up here. */
  readonly #good = new Set<string>();
  /** The settings with which none comes up, while a plain one does. */
  readonly #bad = new Set<string>();
  /** One at a time: where many starts fail together, they have one cause. */
  #trial: Promise<void> | undefined;

  /** `startPlain` starts a worker, and rejects where the worker does not come up: that counts against the node. */
  constructor(startPlain: (share: WorkerShare) => Promise<void>) {
    this.#startPlain = startPlain;
  }

  /** A worker has come up. */
  cameUp(share: WorkerShare): void {
    if (isPlain(share)) return;
    this.#good.add(keyOf(share));
    this.#bad.delete(keyOf(share));
  }

  /**
   * Judges a start that has failed: `"unknown"` where only a plain start can tell, which `tryPlain` makes. Settings with
   * which a worker has come up before are not to blame.
   */
  judge(share: WorkerShare): "node" | "settings" | "unknown" {
    if (isPlain(share) || this.#good.has(keyOf(share))) return "node";
    return this.#bad.has(keyOf(share)) ? "settings" : "unknown";
  }

  /** Resolves where a plain worker comes up, so that the settings are to blame; rejects with why it does not. */
  async tryPlain(share: WorkerShare): Promise<void> {
    this.#trial ??= this.#startPlain({ cpuIds: share.cpuIds, gpuIds: [], memoryMb: 0 }).finally(
      () => (this.#trial = undefined),
    );
    await this.#trial;
    if (!this.#good.has(keyOf(share))) this.#bad.add(keyOf(share));
  }
}

const isPlain = ({ gpuIds, memoryMb }: WorkerShare): boolean => gpuIds.length === 0 && memoryMb === 0;

const keyOf = ({ gpuIds, memoryMb }: WorkerShare): string => `${gpuIds.length} ${memoryMb}`;

const describeSettings = ({ gpuIds, memoryMb }: WorkerShare): string =>
  [
    ...(memoryMb > 0 ? [`${memoryMb} MB of memory (setTaskMemory)`] : []),
    ...(gpuIds.length > 0 ? [`the GPUs ${gpuIds.join(",")} (setTaskGpus)`] : []),
  ].join(" and ");

const advice = ({ memoryMb }: WorkerShare): string =>
  memoryMb > 0 && memoryMb < LEAST_HEAP_MB
    ? ` Node.js alone needs about ${LEAST_HEAP_MB} MB, and the function's own values come on top: give such calls more.`
    : "";
