/** The slots in which a node runs workers. A slot's number is that of its worker's channel. */
import type { Channel, ChannelReceiver, FromWorker, WorkerExited } from "@hyperion-ts/wire";

/** How many slots a connection can tell apart: a frame's channel is a number of 16 bits, and 0 is the agent's own. */
export const MAX_SLOTS = 0xff_ff;

/** Hears of the worker in a slot. */
export interface SlotOwner extends ChannelReceiver<FromWorker> {
  /** The process runs, and has this id on its node. */
  started(pid: number): void;
  /** There is no process. `full`: because a limit leaves no room for another worker. */
  notStarted(reason: string, full: boolean): void;
  /** Of the calls that were sent before a recall, the last `unbegun` had not begun. */
  recalled(unbegun: number): void;
  /** The worker holds so much memory, in megabytes: more than its share, or no more than that again. */
  holds(usedMb: number): void;
  /** The process has ended; nothing more comes of it. */
  exited(exited: WorkerExited): void;
  /** The connection to the node is gone, and with it the worker. */
  nodeLost(reason: string): void;
}

/** A worker's channel, and who hears of the worker. */
export interface Slot {
  /** The worker's channel on the node's stream. */
  readonly channel: Channel<FromWorker>;
  /** Who hears of the worker. */
  readonly owner: SlotOwner;
}

/** The slots of one node. */
export class Slots {
  readonly #slots = new Map<number, Slot>();
  /** The numbers that were used, longest ago first. */
  readonly #freeNumbers: number[] = [];
  #lastNumber = 0;

  /** A number for a new slot; undefined when all are taken. What is still on its way to a worker that is gone must not reach another one, so a number is used again as late as possible. */
  nextNumber(): number | undefined {
    return this.#lastNumber < MAX_SLOTS ? ++this.#lastNumber : this.#freeNumbers.shift();
  }

  /** Fills the slot of this number. */
  set(number: number, slot: Slot): void {
    this.#slots.set(number, slot);
  }

  /** The slot of this number; undefined where no worker is in it. */
  get(number: number): Slot | undefined {
    return this.#slots.get(number);
  }

  /** The worker is gone: the number can be used again. */
  free(number: number): void {
    if (this.#slots.delete(number)) this.#freeNumbers.push(number);
  }

  /** Empties all slots, and returns what was in them. */
  clear(): readonly Slot[] {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    return slots;
  }
}
