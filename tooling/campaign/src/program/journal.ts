/**
 * The two journals by which the program under test is judged. Both are written by the program itself, one line of JSON with
 * one write to a file that is open for appending, so that lines of many processes don't mix.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The program has this result in hand, or knows that it never will. */
export interface Acknowledgement {
  /** Whether there is a result. */
  readonly what: "acknowledged" | "failed";
  /** The name of the run. */
  readonly run: string;
  /** The call's key. */
  readonly key: number;
  /** Milliseconds of the monotonic clock, which all processes of a machine share. */
  readonly at: number;
  /** Why it failed. */
  readonly message?: string;
}

/** A call is at work: at its begin, every few milliseconds, and at its end. */
export interface Note {
  /** What the call is at. */
  readonly what: "begin" | "alive" | "end";
  /** The name of the run. */
  readonly run: string;
  /** The call's key. */
  readonly key: number;
  /** Which attempt it is, from 1 on. */
  readonly attempt: number;
  /** The node that it runs on. */
  readonly node: string;
  /** The process that runs it. */
  readonly pid: number;
  /** What the kernel lets it use: `Cpus_allowed_list` of proc(5). */
  readonly mask: string;
  /** The CPUs that it was given. */
  readonly lease: readonly number[];
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

/** The files of the journals. */
export const journalOf = {
  acknowledgements: (folder: string): string => join(folder, "acknowledged.jsonl"),
  computations: (folder: string): string => join(folder, "computed.jsonl"),
} as const;

const { hrtime } = process;
const { stringify } = JSON;

/** The monotonic clock of the machine, in milliseconds. */
export const monotonicMs = (): number => Number(hrtime.bigint()) / 1e6;

/** Appends a line. `"as"`: it is on the disk when this returns. Opened each time: a call may have closed every descriptor. */
export function append(file: string, line: Acknowledgement | Note, flags: "a" | "as"): void {
  const fd = openSync(file, flags, 0o666);
  try {
    writeSync(fd, `${stringify(line)}\n`);
  } finally {
    closeSync(fd);
  }
}
