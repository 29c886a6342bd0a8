/**
 * The calls that wait for CPUs, and how many they are: in the pool's line; beside it those that no node could serve, while
 * others may come; and all of them once nothing may begin any more.
 */
import type { Lease, PoolCore, PoolRequest, Ticket, Waiter } from "@hyperion-ts/cpu-pool";
import type { CallWaitReason } from "@hyperion-ts/progress";
import type { LineInstruction } from "./call-state.ts";
import type { TaskLine } from "./task-holder.ts";
import type { TaskRequest } from "./task-launcher.ts";
import { Task } from "./task.ts";

/** Who gets the calls that wait no longer. */
export interface WaitingCallsOwner {
  /** A call has CPUs. */
  granted(task: Task, lease: Lease): void;
  /** What a call fails with that no node could serve, in its caller's words. */
  refusal(task: Task, error: Error): Error;
}

/** All calls of a run that have no CPUs. */
export class WaitingCalls implements TaskLine<Task> {
  readonly #pool: PoolCore;
  readonly #owner: WaitingCallsOwner;
  #size = 0;
  /** Those that no node could serve, while there may still come nodes. */
  readonly #unserved = new Set<Task>();
  #nodesExpected = false;
  #withheld = false;
  /** Those that had their turn, or came, when none might begin any more. */
  readonly #passedOver = new Set<Task>();

  constructor(pool: PoolCore, owner: WaitingCallsOwner) {
    this.#pool = pool;
    this.#owner = owner;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Those in line, in order, and those that wait beside it. */
  *tasks(): Generator<Task> {
    for (const { waiter } of this.#pool.line()) if (waiter instanceof Task) yield waiter;
    yield* this.#unserved;
    yield* this.#passedOver;
  }

  /** Whether none may begin any more. */
  get isWithheld(): boolean {
    return this.#withheld;
  }

  /** Whether more nodes may come. What no node can serve waits as long as that is so. */
  get nodesExpected(): boolean {
    return this.#nodesExpected;
  }

  /** More nodes may come from now on, or none will. */
  expectNodes(expected: boolean): void {
    this.#nodesExpected = expected;
  }

  /** There are other nodes than before: who had none may have one now. */
  tryUnserved(): void {
    const tasks = [...this.#unserved];
    this.#unserved.clear();
    for (const task of tasks) this.#enqueue(task);
  }

  /** Lets none begin any more: they wait until they are aborted. */
  withhold(): void {
    this.#withheld = true;
  }

  /** Takes out up to `max` of the first in line that ask for just what `lease` holds and that `suits` picks, to be made with it. */
  takeAhead(lease: Lease, max: number, suits: (task: Task) => boolean): readonly Ticket<Task>[] {
    if (this.#size === 0 || this.#withheld) return [];
    const taken = this.#pool.takeAhead(
      lease,
      max,
      (waiter: Waiter): waiter is Task => waiter instanceof Task && suits(waiter),
    );
    this.#size -= taken.length;
    return taken;
  }

  /** What the first of them waits for; null where that is not known here. */
  whyWaiting(): CallWaitReason | null {
    const why = this.#pool.front()?.whyWaiting();
    if (why !== undefined) return why;
    if (this.#withheld && this.#size > 0) return { kind: "ending" };
    return this.#unserved.size > 0 ? { kind: "nodes-connecting" } : null;
  }

  // What tasks tell.

  granted(task: Task, lease: Lease): void {
    // It was in the pool's line, and waits beside it from now on.
    if (this.#withheld) {
      this.#passedOver.add(task);
      return lease.release();
    }
    this.#size -= 1;
    this.#owner.granted(task, lease);
  }

  refused(task: Task, error: Error): void {
    if (this.#nodesExpected) {
      this.#unserved.add(task);
      return;
    }
    this.#size -= 1;
    task.tell("refused", this.#owner.refusal(task, error));
  }

  carryOut(task: Task, instruction: LineInstruction): void {
    switch (instruction) {
      case "join-line":
        this.#size += 1;
        return this.#enqueue(task);
      case "leave-line":
        this.#size -= 1;
        this.#unserved.delete(task);
        this.#passedOver.delete(task);
        return task.ticket?.cancel();
      default:
        return instruction satisfies never;
    }
  }

  /** At its old place where it was taken ahead from there. */
  #enqueue(task: Task): void {
    if (this.#withheld) return void this.#passedOver.add(task);
    if (task.ticket?.state === "taken") this.#pool.putBack([task.ticket]);
    else task.ticket = this.#pool.enqueue(poolRequestOf(task.request), task);
  }
}

/** What a call asks the pool for. */
export const poolRequestOf = ({ cpus, options }: TaskRequest): PoolRequest => ({
  cpus,
  gpus: options.gpus,
  memoryMb: options.memoryMb,
  priority: options.priority,
  node: options.node,
});
