/**
 * Whether what comes from a worker is of its own writer. Other code in its process can write to the descriptor of its frames,
 * and the beginning of a frame that goes no further would swallow the answers behind it. So a worker's channel has a
 * number that nobody else knows, and it is looked at as soon as it has come, before the frame is whole.
 */
import { randomInt } from "node:crypto";
import { channelOfBeginning, WireError } from "@hyperion-ts/wire/frames";

const NOTHING = Buffer.alloc(0);

/** A number for the channel between an agent and a worker. */
export const secretChannel = (): number => randomInt(1, 0x1_00_00);

/** Watches a stream that is cut into frames elsewhere. */
export class FrameOrigin {
  readonly #channel: number;
  /** How many bytes have come of the frame that has begun and is not whole. */
  #pending = 0;
  /** Those bytes, as long as the frame's channel is not among them. */
  #beginning: Buffer = NOTHING;

  /** `channel` is the number that the worker's own frames bear. */
  constructor(channel: number) {
    this.#channel = channel;
  }

  /** A chunk has come, and will be cut. */
  came(chunk: Buffer): void {
    this.#pending += chunk.length;
  }

  /**
   * A frame of so many bytes was whole.
   *
   * @throws WireError when the frame is not the worker's
   */
  whole(channel: number, bytes: number): void {
    this.#expect(channel);
    this.#pending -= bytes;
  }

  /**
   * The chunk has been cut into frames.
   *
   * @throws WireError when the frame that the chunk ends in is not the worker's
   */
  wasCut(chunk: Buffer): void {
    if (this.#pending === 0) {
      this.#beginning = NOTHING;
      return;
    }
    const begunHere = this.#pending <= chunk.length;
    if (!begunHere && this.#beginning.length === 0) return;
    const beginning = begunHere
      ? chunk.subarray(chunk.length - this.#pending)
      : Buffer.concat([this.#beginning, chunk]);
    const channel = channelOfBeginning(beginning);
    this.#beginning = channel === undefined ? beginning : NOTHING;
    if (channel !== undefined) this.#expect(channel);
  }

  #expect(channel: number): void {
    if (channel !== this.#channel)
      throw new WireError("bad-frame", "Received a frame, or the beginning of one, that the worker did not send");
  }
}
