/**
 * A thread that kills a random worker of this process every `everyMs`, on a clock of its own. It takes them from the process
 * table: also those that are still loading, and the spare. It only waits while no call at all has been done since
 * the last kill: a machine that starts workers more slowly than they are killed would get nothing done.
 */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { argumentsOf, descendants } from "@hyperion-ts/processes";

/** How workers are killed. */
export interface KillPlan {
  readonly everyMs: number;
  /** Decides who is killed. */
  readonly seed: number;
}

/** A worker that was killed, and when, in milliseconds. */
export interface Kill {
  readonly pid: number;
  readonly at: number;
}

/** Starts killing. `done` counts the calls that are done; `stop` ends it and tells who was killed. */
export function startKiller(plan: KillPlan): { readonly done: Int32Array; stop(): Promise<readonly Kill[]> } {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL(import.meta.url), { workerData: { plan, done } });
  const told = new Promise<readonly Kill[]>((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
  return {
    done,
    stop: () => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      thread.postMessage("stop");
      return told;
    },
  };
}

function kill({ everyMs, seed }: KillPlan, done: Int32Array): void {
  const random = randomNumbers(seed);
  const kills: Kill[] = [];
  let doneAtKill = -1;
  const clock = setInterval(() => {
    const doneNow = Atomics.load(done, 0);
    if (doneNow === doneAtKill) return;
    const workers = descendants(process.pid).filter(({ pid }) => isWorker(pid));
    const { pid } = workers[Math.floor(random() * workers.length)] ?? {};
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    kills.push({ pid, at: performance.now() });
    doneAtKill = doneNow;
  }, everyMs);
  parentPort?.once("message", () => {
    clearInterval(clock);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parentPort?.postMessage(kills);
  });
}

/** Whether a process is a worker, or a command that is about to become one. */
const isWorker = (pid: number): boolean => argumentsOf(pid).join(" ").includes("worker-main");

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (parentPort !== null) {
  const { plan, done }: { readonly plan: KillPlan; readonly done: Int32Array } = workerData;
  kill(plan, done);
}
