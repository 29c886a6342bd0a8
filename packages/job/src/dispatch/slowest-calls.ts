/** The calls that ran longest, of those that have ended: a comparison for each call, and a few kept. */
import type { EndedCall } from "@hyperion-ts/control/serve";
import { inputText } from "./input-text.ts";
import type { Task } from "./task.ts";

const KEPT = 100;
/** A larger input is not kept. */
const MOST_INPUT_BYTES = 4 * 1024;

interface Kept {
  readonly task: Pick<Task, "number" | "functionName" | "attempt" | "node"> & { readonly cpus: number };
  readonly outcome: EndedCall["outcome"];
  readonly runMs: number;
  readonly atMs: number;
  /** Its input, or how many bytes that has. */
  readonly input: Uint8Array | number;
}

/** The slowest calls of one dispatcher. */
export class SlowestCalls {
  /** In no order while they are more than are kept; twice as many at most. */
  #kept: Kept[] = [];
  /** What a call has to exceed, in milliseconds. */
  #leastMs = -1;

  /** A call has ended, after so long. On the way of every call. */
  add(task: Task, outcome: EndedCall["outcome"], runMs: number): void {
    if (runMs > this.#leastMs) this.#keep(task, outcome, runMs);
  }

  /** The slowest `most` of them, the slowest first. */
  list(most: number): readonly EndedCall[] {
    this.#prune();
    return this.#kept.slice(0, most).map(({ task, outcome, runMs, atMs, input }) => ({
      id: String(task.number),
      at: new Date(atMs).toISOString(),
      functionName: task.functionName,
      outcome,
      seconds: runMs / 1_000,
      attempt: task.attempt,
      cpus: task.cpus,
      node: task.node,
      input: inputText(input),
    }));
  }

  #keep(
    { number, functionName, attempt, node, request, input }: Task,
    outcome: EndedCall["outcome"],
    runMs: number,
  ): void {
    this.#kept.push({
      task: { number, functionName, attempt, node, cpus: request.cpus },
      outcome,
      runMs,
      atMs: Date.now(),
      // A copy, which a Buffer's slice is not: the original may be a part of something large.
      input: input.length > MOST_INPUT_BYTES ? input.length : new Uint8Array(input),
    });
    if (this.#kept.length >= 2 * KEPT) this.#prune();
  }

  #prune(): void {
    this.#kept.sort((a, b) => b.runMs - a.runMs);
    this.#kept.length = Math.min(this.#kept.length, KEPT);
    this.#leastMs = this.#kept.length < KEPT ? -1 : (this.#kept.at(-1)?.runMs ?? -1);
  }
}
