/**
 * Which of the calls sent to a worker it may begin: a file of permits, which agent and worker share.
 *
 * Short calls are sent ahead, so that a worker never waits for the next one. When one of them turns out to be long,
 * those behind it must be taken back, even while the worker sits in a synchronous loop and can't answer. So the kernel
 * decides who has a call: agent and worker share an open file description, and with it one file offset. The file has
 * one byte for each call sent: its permit. To begin a call the worker reads one byte; the agent takes calls back by
 * reading all that are left. The kernel makes these reads atomic, so each permit belongs to exactly one of the two.
 *
 * A call that is sent to a worker without any other (`callAlone`) begins at once and needs no permit: calls that come
 * one at a time cost nothing here.
 *
 * The value of a permit is the number of recalls before its call, modulo 256. A worker that has not heard of a recall
 * yet, and has calls in its queue that were taken back, tells by this value that what it read belongs to a later call.
 *
 * What was read is cut off now and then (`renew`): the offset stays where it is, the next bytes are written there, and
 * what the file system keeps is the part behind it. What happens without such a file is told in call-line.ts.
 */
import { closeSync, constants, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** After so many calls what was read has to be cut off: as many bytes of a file system that may be in memory. */
const MAX_BYTES = 16_384;
/** File systems give room in blocks of at least this size, at multiples of it. */
const BLOCK_BYTES = 4_096;
const SCRATCH = Buffer.allocUnsafeSlow(BLOCK_BYTES);

/** The agent's side of the permits of one worker. */
export class PermitFile implements Disposable {
  /** The descriptor to be inherited by the worker. */
  readonly fd: number;
  /** A block of permits as they are now. */
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #recalls = 0;
  /** Calls that were counted and have no permit yet. */
  #counted = 0;
  #offered = 0;
  #takenBack = 0;
  /** How many bytes have room for certain, even if the file system is full now. */
  #room = 0;
  #renewedAt = 0;

  /** @throws the system's error when the folder for temporary files takes no file */
  constructor() {
    const path = join(tmpdir(), `hyperion-permits-${process.pid}-${crypto.randomUUID()}`);
    this.fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
  }

  /** How many calls the worker has begun, once those are taken back that it has not. */
  get begun(): number {
    return this.#offered - this.#takenBack;
  }

  /** Whether the file has to be renewed before more calls are counted. */
  get full(): boolean {
    return this.#offered + this.#counted - this.#renewedAt >= MAX_BYTES;
  }

  /**
   * Counts one more call, whose permit `offer` will write.
   *
   * @throws the system's error when the file system has no room for it
   */
  count(): void {
    this.#counted += 1;
    if (this.#offered + this.#counted <= this.#room) return;
    try {
      this.offer();
    } catch (error) {
      this.#counted -= 1;
      throw error;
    }
    this.#room = Math.ceil(this.#offered / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** Lets the worker begin the calls that were counted; to be called before it can see them. */
  offer(): void {
    while (this.#counted > 0) {
      const written = writeSync(this.fd, this.#block, 0, Math.min(BLOCK_BYTES, this.#counted), this.#offered);
      this.#offered += written;
      this.#counted -= written;
    }
  }

  /** Takes back all calls that were offered and that the worker has not begun, and returns how many they are. The worker has to be told, in line with its calls. */
  takeBack(): number {
    let taken = 0;
    for (let n = -1; n !== 0; taken += n) n = readSync(this.fd, SCRATCH, 0, BLOCK_BYTES, null);
    this.#takenBack += taken;
    this.#recalls += 1;
    this.#block.fill(this.#recalls & 0xff);
    return taken;
  }

  /** Gives the room of what was read back to the file system. Only when each call that was offered has begun or was taken back. */
  renew(): void {
    ftruncateSync(this.fd);
    this.#renewedAt = this.#room = this.#offered;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
