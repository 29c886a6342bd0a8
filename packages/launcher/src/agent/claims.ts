/**
 * Which of the calls sent to a worker it has begun: a counter that agent and worker share.
 *
 * Short calls are sent ahead, so that a worker never waits for the next one. When one of them
 * turns out to be long, those behind it must be taken back, even while the worker sits in a
 * synchronous loop and can't answer. So the right to begin a call is claimed from the kernel:
 * agent and worker share an open file description, and with it one file offset. The file has one
 * byte for each call sent. To begin a call the worker reads one byte; the agent takes
 * calls back by reading all that is left. The kernel makes these reads atomic, so each call
 * belongs to exactly one of them.
 *
 * A call that is sent to a worker without any other (`callAlone`) begins at once and needs no claim: calls that come
 * one at a time cost nothing here.
 *
 * A byte's value is the number of recalls before its call, modulo 256. A worker that has not heard of a recall
 * yet, and has calls in its queue that were taken back, tells by it that what it read belongs to a later call.
 */
import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRATCH_BYTES = 4_096;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

export class ClaimFile implements Disposable {
  /** The descriptor to be inherited by the worker. */
  readonly fd: number;
  readonly #marks = Buffer.alloc(SCRATCH_BYTES);
  #recalls = 0;
  #offered = 0;
  #takenBack = 0;

  constructor() {
    const path = join(tmpdir(), `hyperion-claims-${process.pid}-${crypto.randomUUID()}`);
    this.fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
  }

  /** How many calls the worker has begun, if all is taken back that it has not. */
  get begun(): number {
    return this.#offered - this.#takenBack;
  }

  /** Lets the worker begin `calls` more calls; to be called before it can see them. */
  offer(calls: number): void {
    const end = this.#offered + calls;
    while (this.#offered < end) this.#offered += writeSync(this.fd, this.#marks, 0, Math.min(SCRATCH_BYTES, end - this.#offered), this.#offered);
  }

  /** Takes back all calls that the worker has not begun, and returns how many they are. The worker has to be told, in line with its calls. */
  takeBack(): number {
    let taken = 0;
    for (let n = -1; n !== 0; taken += n) n = readSync(this.fd, scratch, 0, SCRATCH_BYTES, null);
    this.#takenBack += taken;
    this.#recalls += 1;
    this.#marks.fill(this.#recalls & 0xff);
    return taken;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
