/**
 * The event log: every event of a run as one line of JSON, in a file beside the logs of its workers. It is what remains
 * when the terminal is gone, so problems and the end are written at once; everything else is collected for a moment,
 * because traced calls can be tens of thousands a second.
 *
 * A disk that is full or broken must not end a run that computes: it is said once, and the run goes on.
 */
import { closeSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openOwnFile } from "@hyperion-ts/own-files";
import type { RunEvent, StampedEvent } from "./run-event.ts";
import type { RunEvents } from "./run-events.ts";

const FLUSH_INTERVAL_MS = 100;
/** More than this (in UTF-16 units) is not collected. */
const MAX_COLLECTED = 256 * 1024;
const NEWLINE = 10;

/** Where a log is written to, and who hears that it can't be. */
export interface EventLogOptions {
  /** Tells a person, once, that the log can't be written. Default: a line on stderr. */
  readonly warn?: (message: string) => void;
  /** Writes bytes at the end of the file and says how many it wrote. Default: the file system. */
  readonly write?: (fd: number, bytes: Uint8Array) => number;
}

/** Writes all events from now on to `<logDir>/events.jsonl` (mode 0600, with a time stamp `at`), until it is disposed of. Never throws. */
export function logEvents(events: RunEvents, logDir: string, options: EventLogOptions = {}): Disposable {
  const log = new EventLog(join(logDir, "events.jsonl"), options);
  const subscription = events.subscribe((event) => log.add(event));
  return {
    [Symbol.dispose]: () => {
      subscription[Symbol.dispose]();
      log.close();
    },
  };
}

class EventLog {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  readonly #write: (fd: number, bytes: Uint8Array) => number;
  readonly #fd: number | null;
  #collected = "";
  #timer: NodeJS.Timeout | undefined;
  /** Whether the file ends in a part of a line. */
  #torn = false;
  #warned = false;

  constructor(path: string, { warn = warnOnStderr, write = writeSync }: EventLogOptions) {
    this.#path = path;
    this.#warn = warn;
    this.#write = write;
    this.#fd = this.#try(() => openOwnFile(path));
  }

  add({ at, event }: StampedEvent): void {
    if (this.#fd === null) return;
    this.#collected += `${JSON.stringify({ at, ...event })}\n`;
    if (mayWait(event.type) && this.#collected.length < MAX_COLLECTED)
      this.#timer ??= setTimeout(() => this.#flush(), FLUSH_INTERVAL_MS).unref();
    else this.#flush();
  }

  close(): void {
    this.#flush();
    const fd = this.#fd;
    if (fd !== null) this.#try(() => closeSync(fd));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const fd = this.#fd;
    if (fd === null || this.#collected === "") return;
    const bytes = Buffer.from(this.#torn ? `\n${this.#collected}` : this.#collected);
    this.#collected = "";
    this.#try(() => this.#append(fd, bytes));
  }

  #append(fd: number, bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length;) {
      written += this.#write(fd, bytes.subarray(written));
      this.#torn = bytes[written - 1] !== NEWLINE;
    }
  }

  #try<A>(action: () => A): A | null {
    try {
      return action();
    } catch (error) {
      if (!this.#warned)
        this.#warn(
          `⚠ Events of this run can't be written to ${this.#path} (${error instanceof Error ? error.message : String(error)}); the run goes on, its event log has gaps`,
        );
      this.#warned = true;
      return null;
    }
  }
}

/** Whether nobody would miss the event if the process were killed right after it. */
const mayWait = (type: RunEvent["type"]): boolean =>
  type === "call-ended" || type === "counts" || type === "log" || type === "slurm-job" || type === "worker-started";

const warnOnStderr = (message: string): void => void process.stderr.write(`${message}\n`);
