/**
 * What a test of faults owns: a directory, and all processes that come of it, wherever they hang in the process tree.
 * `survive` is the claim that every fault has in common: it costs nobody else anything, and leaves nothing behind.
 */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { argumentsOf, descendants, hasEnded, pidsWith, readProcess, sendSignal } from "@hyperion-ts/processes";
import { expect } from "vitest";
import {
  type Job,
  mapConcurrently,
  remoteEval,
  type RunEvent,
  runJobLocal,
  type RunLocalOptions,
} from "../../src/index.ts";
import { square } from "../functions.ts";
import { TempDir } from "../local-run.ts";

/** All processes that this one starts have it in their environment, and so have theirs. */
const mark = `HYPERION_TEST_MARK=${randomUUID()}`;
process.env["HYPERION_TEST_MARK"] = mark.split("=")[1];

/** So long may take what takes no time on an idle machine: a limit, not a claim. */
const PATIENCE_MS = 60_000;

/** A directory for runs. At its end what still runs is killed. */
export class World extends TempDir implements AsyncDisposable {
  /** All that the workers and the agent of the runs have logged. */
  get logs(): string {
    const files = readdirSync(this.path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".log"));
    return files.map((name) => readFileSync(join(this.path, name), "utf8")).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of ourProcesses()) process.kill(pid, "SIGKILL");
    await until(() => ourProcesses().length === 0);
    this[Symbol.dispose]();
  }
}

/** What became of a job that a fault was in. */
export interface Survived<A> {
  readonly outcome: { readonly value: A } | { readonly error: unknown };
  readonly events: readonly RunEvent[];
}

/**
 * Runs `faulty` on two CPUs, beside calls that have nothing to do with it, and calls after it. Fails where those
 * are not right, a CPU is not back, the node is lost, or a process is left.
 */
export async function survive<A>(world: World, faulty: Job<A>, options: RunLocalOptions = {}): Promise<Survived<A>> {
  const events: RunEvent[] = [];
  const outcome = await runJobLocal(world.info, amongOthers(faulty), {
    ...quiet,
    ...options,
    onEvent: ({ event }) => events.push(event),
  });
  expect(events.filter(({ type }) => type === "node-lost")).toEqual([]);
  expect(ourProcesses().map(nameOf)).toEqual([]);
  return { outcome, events };
}

/** Agents and workers of all tests run the same files: compiled once, they start in half the time. */
export const compileCache = join(import.meta.dirname, "../../node_modules/.cache/hyperion-ts/compiled");

/** Runs on two CPUs that print nothing and leave this process's signals alone. */
export const quiet: RunLocalOptions = { cpus: 2, progress: "none", handleSignals: false, compileCache };

const amongOthers =
  <A>(faulty: Job<A>): Job<Survived<A>["outcome"]> =>
  async (env) => {
    const squares = mapConcurrently(numbers(40), (x) => remoteEval(square, x));
    const [outcome, beside] = await Promise.all([settled(faulty(env)), squares(env)]);
    expect(beside).toEqual(numbers(40).map((x) => x * x));
    await until(() => env.pool.snapshot().nodes.every(({ cpus }) => cpus.idle === cpus.total));
    expect(env.pool.snapshot().waiting).toBe(0);
    expect(await squares(env)).toEqual(beside);
    return outcome;
  };

const settled = <A>(promise: Promise<A>): Promise<Survived<A>["outcome"]> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** What was thrown or rejected. Fails when nothing was. */
export async function thrownBy(work: Promise<unknown>): Promise<Error> {
  const outcome = await settled(work);
  if ("value" in outcome) throw new Error("Expected a rejection");
  if (outcome.error instanceof Error) return outcome.error;
  throw new Error(`Expected an error, not ${String(outcome.error)}`);
}

/** The error in which a faulty job has ended. Fails when it has not. */
export function errorOf({ outcome }: Survived<unknown>): Error {
  if ("error" in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error(`Expected an error, not ${JSON.stringify(outcome)}`);
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Waits for a condition. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > end)
      throw new Error(`It did not come true within ${PATIENCE_MS} ms: ${condition.toString()}`);
    await sleep(10);
  }
}

/** Kills the workers below a process as soon as they appear, at most so many, until the end of its scope. */
export function killWorkers(below: number, most = Number.POSITIVE_INFINITY): Disposable {
  const killed = new Set<number>();
  const timer = setInterval(() => {
    const workers = descendants(below).filter(
      ({ pid }) => argumentsOf(pid).join(" ").includes("worker-main") && !killed.has(pid),
    );
    for (const { pid } of workers.slice(0, most - killed.size)) if (sendSignal(pid, "SIGKILL")) killed.add(pid);
  }, 5);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The processes that live and have our mark. */
export const ourProcesses = (): readonly number[] => pidsWith(mark).filter(lives);

/** What a failure says of a process that was left. */
const nameOf = (pid: number): string => `${pid} ${readProcess(pid)?.state} ${argumentsOf(pid).join(" ").slice(0, 200)}`;

/** Whether a process is there and no zombie. */
export function lives(pid: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && !hasEnded(found);
}
