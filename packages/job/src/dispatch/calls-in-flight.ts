/**
 * The calls that one worker has and has not answered, in order. The first of them runs: known here is since when, when its
 * time is over, and when the worker is ended because a call that was asked to end goes on.
 */
import { after, type Timer } from "@hyperion-ts/bounds";
import type { LaunchedWorker } from "@hyperion-ts/launcher";
import type { CallReports } from "./call-reports.ts";
import type { Task } from "./task.ts";

/** A call that was asked to end gets so long; then SIGTERM, and after as long again SIGKILL. */
const ABORT_GRACE_MS = 2_000;

/** The calls in flight of one worker. */
export class CallsInFlight {
  readonly #tasks: Task[] = [];
  #beganMs = performance.now();
  #timeLimit: Timer | undefined;
  #grace: NodeJS.Timeout | undefined;
  /** The task of which was last said that it holds too much memory. */
  #toldMemory: Task | undefined;

  /** How many they are. */
  get size(): number {
    return this.#tasks.length;
  }

  /** How many wait behind the one that runs. */
  get ahead(): number {
    return Math.max(0, this.#tasks.length - 1);
  }

  /** The one that runs, as far as can be told from here. */
  get running(): Task | undefined {
    return this.#tasks[0];
  }

  /** When a call last began here, on performance.now()'s clock. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** A call is sent: it begins at once where it is alone. */
  add(task: Task): void {
    this.#tasks.push(task);
    if (this.#tasks.length > 1) task.tell("sent-ahead");
    else this.#begins(task);
  }

  /** A call has come back, in whatever way. False: it was not in flight, and nobody waits for what comes of it. */
  delete(task: Task): boolean {
    const at = this.#tasks.indexOf(task);
    if (at < 0) return false;
    if (at > 0) this.#tasks.splice(at, 1);
    else {
      // The usual case: a splice would make an array of it.
      this.#tasks.shift();
      this.endLimits();
    }
    return true;
  }

  /** A call has ended, and the next one begins, if its worker `lives`. */
  ended(lives: boolean): void {
    const { running } = this;
    this.endLimits();
    if (running === undefined) return;
    if (lives) this.#begins(running);
    else this.#beganMs = performance.now();
  }

  /** A recall has brought back all that had not begun. */
  kept(): void {
    for (const task of this.#tasks.slice()) task.tell("kept");
  }

  /** Asks a call to end, and its worker where that takes too long. */
  endCall(task: Task, worker: LaunchedWorker): void {
    worker.abort(task, task.endReason);
    this.#grace ??= setTimeout(() => void worker.stop(ABORT_GRACE_MS), ABORT_GRACE_MS);
  }

  /** The worker holds so much memory: more than its share. Says so, once for each call, and ends it where that is wanted. */
  overMemory(usedMb: number, reports: CallReports): void {
    const { running } = this;
    if (running === undefined || running === this.#toldMemory) return;
    this.#toldMemory = running;
    const ends = running.request.options.memoryLimit === "end";
    reports.overMemory(running, usedMb, ends);
    if (ends) running.tell({ kind: "over-memory", usedMb });
  }

  /** No limit counts any more: the call that runs is over, or its worker is. */
  endLimits(): void {
    this.#timeLimit?.[Symbol.dispose]();
    this.#timeLimit = undefined;
    if (this.#grace !== undefined) clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #begins(task: Task): void {
    this.#beganMs = performance.now();
    task.tell("begins");
    const { timeLimitMs = null } = task.request.options;
    if (timeLimitMs !== null) this.#timeLimit = after(timeLimitMs, () => task.tell("timed-out"));
  }
}
