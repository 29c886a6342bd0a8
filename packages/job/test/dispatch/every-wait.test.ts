/** No call waits without a word: whatever happens, each that has not ended is listed, and each that does not run says why. No process runs. */
import { LaunchError } from "@hyperion-ts/launcher";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskOptions } from "../../src/dispatch/task-launcher.ts";
import { FakeNodes, type FakeWorker, settled } from "./fake-nodes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FN = { name: "f", module: "file:///f.ts" };
const ALL = 10_000;

class Schedule {
  readonly nodes = new FakeNodes(2, 4);
  readonly #aborts: (() => void)[] = [];
  #calls = 0;
  #ended = 0;
  #joined = 2;
  #isDrained = false;
  /** All reasons that were told. */
  readonly told: Set<string>;

  constructor(told: Set<string>) {
    this.told = told;
  }

  call(cpus: number, options: TaskOptions): void {
    const controller = new AbortController();
    const { signal } = controller;
    const ended = (): void => void (this.#ended += 1);
    this.#calls += 1;
    this.#aborts.push(() => controller.abort("aborted"));
    this.nodes.dispatcher.evaluate(
      { cpus, options, signal, functionName: FN.name },
      { fn: FN, input: new Uint8Array(1), attempt: 1 },
      { resolved: ended, rejected: ended },
    );
  }

  abort(at: number): void {
    this.#aborts[at % this.#aborts.length]?.();
  }

  /** A worker that lives, if there is one. */
  worker(at: number): FakeWorker | undefined {
    const living = this.nodes.workers.filter(({ ending }) => !ending);
    return living[at % living.length];
  }

  addNode(cpus: number): void {
    this.#joined += 1;
    this.nodes.addNode(`n${this.#joined}`, cpus);
  }

  /** More nodes are on their way for a while: what none can serve waits for them. */
  expectNodes(forMs: number): void {
    void this.nodes.dispatcher.expect(new Promise<void>((resolve) => setTimeout(resolve, forMs)));
  }

  drain(): void {
    if (!this.#isDrained) void this.nodes.dispatcher.drain();
    this.#isDrained = true;
  }

  check(): void {
    const { calls, total } = this.nodes.dispatcher.openCalls.list(ALL);
    expect({ total, listed: calls.length }).toEqual({
      total: this.#calls - this.#ended,
      listed: this.#calls - this.#ended,
    });
    expect(new Set(calls.map(({ id }) => id)).size).toBe(total);
    for (const call of calls) {
      if (call.stage === "running") expect(call.waiting).toBe(null);
      else expect(call.waiting?.text).toMatch(/\w{2}/);
      if (call.stage === "waiting") {
        expect(call.waiting?.reason).not.toBe(null);
        this.told.add(call.waiting?.reason?.kind ?? "");
        expect(call.waiting?.reason?.kind === "ending").toBe(this.#isDrained);
      }
    }
    const [first] = calls;
    if (first !== undefined) expect(this.nodes.dispatcher.openCalls.find(first.id)).toMatchObject({ id: first.id });
  }
}

type Step = (schedule: Schedule, at: number) => unknown;

const STEPS: Readonly<Record<string, Step>> = {
  call: (schedule, at) => schedule.call(1 + (at % 4), {}),
  "call of one CPU": (schedule) => schedule.call(1, {}),
  "call on a node": (schedule, at) => schedule.call(1, { node: `n${1 + (at % 2)}` }),
  "urgent call": (schedule, at) => schedule.call(1 + (at % 2), { priority: 1 }),
  abort: (schedule, at) => schedule.abort(at),
  "start of a worker": ({ nodes }) => (nodes.starts.length > 0 ? nodes.comeUp() : undefined),
  "start that fails": ({ nodes }) => nodes.notStarted(new LaunchError("n1", "a worker on n1: no")),
  answer: (schedule, at) => schedule.worker(at)?.answer("yes", at % 2),
  error: (schedule, at) => schedule.worker(at)?.fail("no"),
  death: (schedule, at) => schedule.worker(at)?.die(),
  recall: (schedule, at) => schedule.worker(at)?.giveBack(1),
  "loss of a node": ({ nodes }, at) => nodes.lose(`n${1 + (at % 3)}`),
  "nodes on their way": (schedule, at) => schedule.expectNodes(at * 20),
  "another node": (schedule, at) => schedule.addNode(1 + (at % 4)),
  time: (_schedule, at) => vi.advanceTimersByTimeAsync(at * 50),
};

const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(40)), { maxLength: 60, size: "max" });

test("each call that has not ended is listed, and says what it waits for unless it runs", async () => {
  const told = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, fc.option(fc.nat(60)), async (story, drainedAt) => {
      const schedule = new Schedule(told);
      for (const [at, [step, number]] of story.entries()) {
        if (at === drainedAt) schedule.drain();
        await STEPS[step]?.(schedule, number);
        await settled();
        schedule.check();
      }
    }),
    { numRuns: 150 },
  );
  // The schedules have led to all that a call without CPUs can wait for, but a module that can't be loaded.
  expect([...told].toSorted()).toEqual(
    ["behind", "earmarked", "ending", "no-cpus-free", "nodes-connecting", "starts-pause"].toSorted(),
  );
}, 120_000);
