/**
 * How many inputs a group has, and how many of them have made a call: what the whole number of calls is known from, while
 * only a window of them has been made. A few additions a call; what follows is worked out when somebody looks.
 */

/** Calls that the inputs of a group will still make, as far as that is known; null: nobody knows how many. */
export interface CallsToCome {
  /** The function that is called. */
  readonly functionName: string;
  /** How many of them. */
  readonly count: number | null;
}

/** Where a call comes from: in the environment of a group's members. */
export interface HasInputTally {
  /** The innermost group that the job runs in; absent outside of groups. */
  readonly inputTally?: InputTally;
}

/** The inputs of one group, and the calls that were made for them. */
export class InputTally {
  readonly #length: number | null;
  readonly #outer: InputTally | undefined;
  #taken = 0;
  #finished = 0;
  /**
   * Inputs that needed no call: their results were in the database, say. The most that was ever seen: between the end of a
   * call and that of its member there seem to be fewer, and where a failure ends the group that is the last that is seen.
   */
  #withoutCall = 0;
  #phase: "open" | "complete" | "dropped" = "open";
  /** The function that inputs call first: each of them is expected to. */
  #first: string | undefined;
  #launched = 0;
  #ended = 0;
  /** The functions that inputs call besides: perhaps not all of them do. */
  readonly #others = new Set<string>();

  /** `length` is null for inputs that nobody has counted; `outer` is the group that this one is inside of. */
  constructor(inputs: Iterable<unknown> | AsyncIterable<unknown>, outer: InputTally | undefined) {
    this.#length = lengthOf(inputs);
    this.#outer = outer;
  }

  /** A member was started for one more input. */
  took(): void {
    this.#taken += 1;
  }

  /** A member has ended; what those do that are ended says nothing of the others. */
  finished(): void {
    if (this.#phase !== "open") return;
    this.#finished += 1;
    this.#withoutCall = Math.max(this.#withoutCall, this.#finished - this.#ended);
  }

  /** All inputs were taken, and all members have ended. */
  complete(): void {
    this.#phase = "complete";
  }

  /** Those that are left are not wanted any more. */
  drop(): void {
    if (this.#phase === "open") this.#phase = "dropped";
  }

  /** Says whether this was the first call of all. */
  launched(functionName: string): boolean {
    if (functionName === this.#first) {
      this.#launched += 1;
      return false;
    }
    if (this.#first !== undefined) {
      this.#others.add(functionName);
      return false;
    }
    this.#first = functionName;
    this.#launched = 1;
    return true;
  }

  /** A call is over; `again` where it is made once more, or was none. */
  ended(functionName: string, again: boolean): void {
    if (functionName !== this.#first) return;
    if (again) this.#launched -= 1;
    else this.#ended += 1;
  }

  /** open: inputs or members are left. complete: none. dropped: those that are left are not wanted any more. */
  get phase(): "open" | "complete" | "dropped" {
    return this.#phase;
  }

  /** The calls to come, by function. */
  *toCome(): Generator<CallsToCome> {
    if (this.#first === undefined || this.#phase === "complete") return;
    yield { functionName: this.#first, count: this.#ofFirst() };
    for (const functionName of this.#others) yield { functionName, count: null };
  }

  #ofFirst(): number | null {
    if (this.#length === null || this.#outer?.isOpenEnded === true) return null;
    const left = Math.max(0, this.#length - this.#taken);
    if (this.#launched > this.#taken) return Math.round((left * this.#launched) / this.#taken);
    return Math.max(0, this.#length - this.#launched - this.#withoutCall);
  }

  /** Whether further inputs will come, with who knows how many calls each. */
  get isOpenEnded(): boolean {
    const allTaken = this.#phase !== "open" || (this.#length !== null && this.#taken >= this.#length);
    return !allTaken || this.#outer?.isOpenEnded === true;
  }
}

/** How many there are, if they can be counted without taking them. */
function lengthOf(inputs: Iterable<unknown> | AsyncIterable<unknown>): number | null {
  if (Array.isArray(inputs) || ArrayBuffer.isView(inputs))
    return "length" in inputs && typeof inputs.length === "number" ? inputs.length : null;
  return inputs instanceof Set || inputs instanceof Map ? inputs.size : null;
}
