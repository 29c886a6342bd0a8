/** A worker's log file, as its agent has it open: it notes there why it has ended the worker, and reads what that last printed. */
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { openOwnFile } from "@hyperion-ts/own-files";

/** Enough for what a runtime prints when its memory is full: the stack follows the reason. */
const LAST_OUTPUT_BYTES = 4_096;

/** The log file of one worker. Disposing of it closes the file. */
export class WorkerLog implements Disposable {
  /** The descriptor to be inherited by the worker. */
  readonly fd: number;
  /** Where in it the worker's own output begins. */
  readonly #start: number;

  /** @throws NotOursError where the file is another user's; the file system's error where it can't be opened or made */
  constructor(path: string) {
    this.fd = openOwnFile(path);
    this.#start = fstatSync(this.fd).size;
  }

  /** Appends a line of the agent's own. */
  note(line: string): void {
    try {
      writeSync(this.fd, `${line}\n`);
    } catch {
      // The disk is full: the head is told in any case.
    }
  }

  /** What the worker printed last, 4 KB at most; an empty text where the file can't be read. */
  lastOutput(): string {
    try {
      const { size } = fstatSync(this.fd);
      const length = Math.min(LAST_OUTPUT_BYTES, size - this.#start);
      const bytes = Buffer.alloc(Math.max(0, length));
      readSync(this.fd, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString("utf8").trim();
    } catch {
      // The disk fails: that is no reason not to tell of the worker's end.
      return "";
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
