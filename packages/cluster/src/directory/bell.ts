/**
 * One file for all jobs of a program, which a head writes when there is something to see in its directory: so a program that
 * waits looks at one file, and not at each directory, every second.
 */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { writeWhole } from "@hyperion-ts/own-files";
import { readOwnBytes } from "./own-bytes.ts";

/** The bell of the program that the job directory at `path` is of. */
export const bellOf = (path: string): string => join(dirname(path), "bell");

/** Says that there is something to see. A bell that can't be rung costs a while: directories are looked at without it, too, now and then. */
export function ring(bell: string): void {
  try {
    writeWhole(bell, randomUUID());
  } catch (error) {
    console.error(`The program could not be told: ${String(error)}`);
  }
}

/** What tells one ring from another; the same as before where nothing is known. */
export function lastRing(bell: string): string {
  try {
    return readOwnBytes(bell)?.toString() ?? "";
  } catch {
    return "";
  }
}
