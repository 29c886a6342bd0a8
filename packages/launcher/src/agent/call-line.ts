/**
 * The calls on their way to one worker. As a rule they pass at once, each with a permit (permit-file.ts)
 * by which it can be taken back until it has begun.
 *
 * Where that is not possible they wait here until the worker has answered all others. For a moment, when the permit file has
 * to be renewed: then nothing in it is unread. And from then on, where there is no permit file or its file system is
 * full: calls go one at a time then, so that those behind can still be taken back, at the price of a
 * round trip for each.
 */
import { FrameFlag, FrameKind, type FrameWriter, setFrameKind } from "@hyperion-ts/wire/frames";
import type { PermitFile } from "./permit-file.ts";

/** The calls on their way to one worker. */
export class CallLine {
  readonly #toWorker: FrameWriter;
  readonly #grant: (bytes: number) => void;
  readonly #noPermits: (error: unknown) => void;
  #permits: PermitFile | undefined;
  /** Whether permits can be written. */
  #usable: boolean;
  /** The frames of each call that waits; those of the last one may still be coming. */
  #held: Buffer[][] = [];
  #holding = false;
  /** Calls that the worker has, and has not answered. */
  #outstanding = 0;
  /** Calls that it began at once, without a permit. */
  #alone = 0;
  /** What went to it last was one of them, as a whole. */
  #lastIsAlone = false;

  /** `grant` gives credit back for calls that are taken back here; `noPermits` hears why calls go one at a time from now on. */
  constructor(
    permits: PermitFile | undefined,
    toWorker: FrameWriter,
    grant: (bytes: number) => void,
    noPermits: (error: unknown) => void,
  ) {
    this.#permits = permits;
    this.#usable = permits !== undefined;
    this.#toWorker = toWorker;
    this.#grant = grant;
    this.#noPermits = noPermits;
  }

  /** How many calls the worker has begun, after all were taken back that it has not. */
  get begun(): number {
    return this.#alone + (this.#permits?.begun ?? 0);
  }

  /** Whether the worker has no call. */
  get allAnswered(): boolean {
    return this.#outstanding === 0;
  }

  /** Takes in a frame for the worker. */
  frame(kind: FrameKind, flags: number, frame: Buffer): void {
    this.#lastIsAlone = kind === FrameKind.callAlone && flags === 0;
    if (kind !== FrameKind.call) {
      if (kind === FrameKind.callAlone && (flags & FrameFlag.continued) === 0) this.#passes();
      this.#toWorker.forward(kind, frame);
    } else if ((flags & FrameFlag.continued) === 0) this.#call(frame);
    else this.#rest(frame);
  }

  /** Lets the worker begin the calls that have passed; to be called before it can see them. */
  offer(): void {
    if (this.#usable) this.#permits?.offer();
  }

  /** The worker has answered a call. */
  answered(): void {
    this.#outstanding -= 1;
    if (this.#holding && this.#outstanding === 0) this.#release();
  }

  /** The worker has ended without reading all that was sent to it: the end of it at least has not reached it. */
  unread(): void {
    if (this.#lastIsAlone) this.#alone -= 1;
    this.#lastIsAlone = false;
  }

  /** Takes back the calls that the worker has not begun, and returns how many they are; to be called when all are offered. */
  takeBack(): number {
    const taken = this.#permits?.takeBack() ?? 0;
    const held = this.#held.splice(0);
    const heldBytes = held.flat().reduce((sum, frame) => sum + frame.length, 0);
    if (heldBytes > 0) this.#grant(heldBytes);
    this.#outstanding -= taken;
    if (this.#holding && this.#outstanding === 0) this.#release();
    return taken + held.length;
  }

  #call(frame: Buffer): void {
    if (!this.#holding && this.#permit()) {
      this.#outstanding += 1;
      this.#toWorker.forward(FrameKind.call, frame);
      return;
    }
    this.#holding = true;
    this.#held.push([frame]);
    if (this.#outstanding === 0) this.#release();
  }

  /** The rest of a call of several frames: it stays behind its beginning, and is the last call in any case. */
  #rest(frame: Buffer): void {
    const waiting = this.#held.at(-1);
    if (waiting !== undefined) waiting.push(frame);
    else if (this.#usable) this.#toWorker.forward(FrameKind.call, frame);
    else this.#forwardAlone(frame);
  }

  /** Whether the next call may pass with a permit. */
  #permit(): boolean {
    if (!this.#usable || this.#permits === undefined || this.#permits.full) return false;
    try {
      this.#permits.count();
      return true;
    } catch (error) {
      this.#usable = false;
      this.#noPermits(error);
      return false;
    }
  }

  /** The worker has nothing to do. */
  #release(): void {
    if (this.#usable) return this.#releaseAll();
    const next = this.#held.shift();
    if (next === undefined) return;
    this.#passes();
    for (const frame of next) this.#forwardAlone(frame);
  }

  #releaseAll(): void {
    this.#permits?.renew();
    this.#holding = false;
    const held = this.#held.splice(0);
    for (const [first, ...rest] of held) {
      if (first !== undefined) this.#call(first);
      for (const frame of rest) this.#rest(frame);
    }
  }

  #passes(): void {
    this.#outstanding += 1;
    this.#alone += 1;
  }

  #forwardAlone(frame: Buffer): void {
    setFrameKind(frame, FrameKind.callAlone);
    this.#toWorker.forward(FrameKind.callAlone, frame);
  }
}
