/**
 * Which of the calls sent to a worker it has begun: a counter that agent and worker share.
 *
 * Short calls are sent ahead, so that a worker never waits for the next one. When one of them
 * turns out to be long, those behind it must be taken back, even while the worker sits in a
 * synchronous loop and can't answer. So the right to begin a call is claimed from the kernel:
 * agent and worker share an open file description, and with it one file offset. The file is as
 * long as the number of calls sent. To begin a call the worker reads one byte; the agent takes
 * calls back by reading all that is left. The kernel makes these reads atomic, so each call
 * belongs to exactly one of them.
 */
import { closeSync, constants, ftruncateSync, openSync, readSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = Buffer.allocUnsafeSlow(4_096);

export class ClaimFile implements Disposable {
  /** The descriptor to be inherited by the worker. */
  readonly fd: number;
  #offered = 0;

  constructor() {
    const path = join(tmpdir(), `hyperion-claims-${process.pid}-${crypto.randomUUID()}`);
    this.fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
  }

  /** Lets the worker begin `calls` more calls; to be called before it can see them. */
  offer(calls: number): void {
    this.#offered += calls;
    ftruncateSync(this.fd, this.#offered);
  }

  /** Takes back all calls that the worker has not begun, and returns how many they are. */
  takeBack(): number {
    let taken = 0;
    for (let n = -1; n !== 0; taken += n) n = readSync(this.fd, scratch, 0, scratch.length, null);
    return taken;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
