/**
 * Whether the holder of a lock that is in the way is gone. Of a process of this host the kernel knows. One elsewhere gives a
 * sign of life every few seconds; when these stop, others are asked who know for certain:
 *
 * - Slurm, whether the start of the job that it ran in has ended;
 * - the lock of the results database of its run, which it took before this one and keeps longer: who has that now has taken it
 *   from a process that was gone, or had given it up.
 *
 * That the signs have stopped proves nothing: a process may stand still, or its host be cut off, and go on later with what it
 * did under the lock. Where nobody knows, the lock stays, and a person is told.
 */
import { steadyNowMs } from "@hyperion-ts/bounds";
import { type LockHolder, type LockInTheWay, readHolder } from "@hyperion-ts/results/lock-file";
import { type ProcessIdentity, processState } from "@hyperion-ts/processes/process-identity";
import { writtenAtMs } from "../directory/own-bytes.ts";

/** Who has given no sign of life for so long may be gone: several signs, so that a busy event loop and a slow file server seldom matter. */
export const SILENT_MS = 15_000;
/** Between two questions about one holder. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** What a watch needs of the world. */
export interface HolderWorld {
  readonly nowMs: () => number;
  /** When a file was written; undefined where there is none. */
  readonly writtenAtMs: (path: string) => number | undefined;
  /** Whether the start of a Slurm job of that name has certainly ended. */
  readonly jobHasEnded: (name: string) => Promise<boolean>;
  readonly readHolder: (path: string) => LockHolder | undefined;
}

/** Asks this host, and Slurm. */
export const realWorld: HolderWorld = {
  nowMs: steadyNowMs,
  writtenAtMs,
  jobHasEnded: async (name) => (await import("@hyperion-ts/job/program")).slurmBatchJobHasEnded(name),
  readHolder,
};

/** Watches who is in the way of one waiter. */
export class HolderWatch {
  readonly #world: HolderWorld;
  readonly #gone = new Set<string>();
  #token: string | undefined;
  #since = 0;
  #writtenAtMs: number | undefined;
  #signMs = 0;
  #nextMs = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(world: HolderWorld = realWorld) {
    this.#world = world;
  }

  /** For how long the same holder has been in the way, in milliseconds; 0 for a new one. */
  get waitedMs(): number {
    return this.#world.nowMs() - this.#since;
  }

  /** For how long there was no sign of life. */
  get silentMs(): number {
    return this.#world.nowMs() - this.#signMs;
  }

  /** Whether a holder is known to be gone, without asking anybody. */
  isGone = (holder: LockHolder): boolean => this.#gone.has(holder.token) || processState(holder) === "dead";

  /** Looks at what is in the way, and asks where that may help; gives whether it is another holder than at the last look. */
  async look({ path, holder }: LockInTheWay): Promise<boolean> {
    const now = this.#world.nowMs();
    const isNew = holder?.token !== this.#token;
    const written = this.#world.writtenAtMs(path);
    if (isNew) [this.#since, this.#token, this.#nextMs, this.#pauseMs] = [now, holder?.token, 0, FIRST_PAUSE_MS];
    if (isNew || written !== this.#writtenAtMs) [this.#signMs, this.#writtenAtMs] = [now, written];
    if (holder === undefined || now - this.#signMs < SILENT_MS || now < this.#nextMs) return isNew;
    if (await this.#hasEnded(holder)) this.#gone.add(holder.token);
    this.#nextMs = this.#world.nowMs() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    return isNew;
  }

  async #hasEnded(holder: LockHolder): Promise<boolean> {
    if (processState(holder) !== "elsewhere") return false;
    return this.#hasLostItsRun(holder) || (holder.job !== undefined && (await this.#world.jobHasEnded(holder.job)));
  }

  #hasLostItsRun({ within, ...process }: LockHolder): boolean {
    if (within === undefined) return false;
    const now = this.#world.readHolder(within.path);
    return now !== undefined && now.token !== within.token && !isSameProcess(now, process);
  }
}

/** Whether both are the same process. */
export const isSameProcess = (one: ProcessIdentity, other: ProcessIdentity): boolean =>
  one.host === other.host &&
  one.pid === other.pid &&
  one.startTime === other.startTime &&
  one.bootId === other.bootId &&
  one.pidNamespace === other.pidNamespace;
