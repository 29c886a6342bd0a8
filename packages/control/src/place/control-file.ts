/**
 * The small file that says of a run what it is, which process it has, and where its socket is: in its log directory, where it
 * stays, and beside its socket, where it goes with that. A process is told from a later one of the same number, so the file of
 * a run that was killed is known for that.
 */
import { closeSync, constants, fstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { NotOursError, openRegularFile, ownUserId } from "@hyperion-ts/own-files";
import { type ProcessIdentity, type ProcessState, processState } from "@hyperion-ts/processes/process-identity";
import type { RunIdentity } from "../told/control-answers.ts";

/** What the file says. */
export interface ControlFile {
  /** The version of the file and of the interface. */
  readonly version: 1;
  /** The path of the socket, on the run's machine. */
  readonly socket: string;
  /** Which run. */
  readonly run: RunIdentity;
  /** The process that has it. */
  readonly process: ProcessIdentity;
}

/** Its name in a log directory. */
export const CONTROL_FILE = "control.json";
const MOST_BYTES = 1024 * 1024;

/** Writes the file, whole or not at all, for this user alone. */
export function writeControlFile(path: string, file: ControlFile): void {
  const half = `${path}.${process.pid}.half`;
  try {
    writeFileSync(half, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: "wx" });
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}

/** What the file says; undefined where there is none, or it is no such file. One of another user is not believed. */
export function readControlFile(path: string): ControlFile | undefined {
  try {
    const fd = openRegularFile(path, constants.O_RDONLY, ({ uid, size }) =>
      uid !== ownUserId() ? `belongs to user ${uid}` : size > MOST_BYTES ? `has ${size} bytes` : undefined,
    );
    try {
      return fstatSync(fd).size === 0 ? undefined : parsed(readFileSync(fd, "utf8"));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof NotOursError || isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the run's process lives, as far as this machine can tell. */
export const runState = ({ process }: ControlFile): ProcessState => processState(process);

function parsed(text: string): ControlFile | undefined {
  try {
    const value = JSON.parse(text) as Partial<ControlFile> | null;
    const isOurs = value?.version === 1 && typeof value.socket === "string" && typeof value.run?.id === "string";
    return isOurs && typeof value.process?.pid === "number" ? (value as ControlFile) : undefined;
  } catch {
    return undefined;
  }
}

const isMissing = (error: unknown): boolean =>
  Error.isError(error) &&
  "code" in error &&
  (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES");
