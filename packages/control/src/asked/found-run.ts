/** Runs, as they are found: by their sockets on this machine, or in the directory of their program. */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ProcessState } from "@hyperion-ts/processes/process-identity";
import { ControlError } from "../control-error.ts";
import { CONTROL_FILE, type ControlFile, readControlFile, runState } from "../place/control-file.ts";
import { isListening } from "../place/knock.ts";
import { isPrivate, socketFolders } from "../place/socket-folders.ts";

/** A run that was found; whether it goes on is known as far as this machine can tell. */
export interface FoundRun {
  /** Names it: `"q7RkW"`. */
  readonly id: string;
  /** The directory of its log files. */
  readonly logDir: string;
  /** What it has written down of itself; undefined where it has ended at once, or was not to be asked. */
  readonly control: ControlFile | undefined;
  /** Whether its process lives; `unknown` where it has not said which that is. */
  readonly process: ProcessState | "unknown";
  /** When it was heard of last, in milliseconds since 1970. */
  readonly heardMs: number;
}

const LOGS = "logs";

/** This user's runs that can be asked on this machine, the oldest first; also those in containers of it that share its folder for temporary files. */
export async function runsHere(): Promise<readonly FoundRun[]> {
  const files = socketFolders().flatMap((folder) =>
    isPrivate(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".json"))
          .flatMap((name) => readControlFile(join(folder, name)) ?? [])
      : [],
  );
  const listening = await Promise.all(files.map(({ socket }) => isListening(socket)));
  return files
    .filter((_, i) => listening[i] === true)
    .map((control) => foundRun(control.run.logDir, control))
    .sort((a, b) => startOf(a).localeCompare(startOf(b)));
}

/**
 * All runs of the programs that live in `dir` (as `programInfo` was given it; also the directory of a Slurm job), the one that was heard of last first; none where
 * there is no such directory.
 *
 * @throws ControlError `not-ours` where this user may not look
 */
export function runsIn(dir: string): readonly FoundRun[] {
  const logs = join(resolve(dir), LOGS);
  return [logs, ...foldersIn(logs).flatMap(foldersIn)]
    .filter((folder) => heardMs(folder) > 0)
    .map((folder) => foundRun(folder, readControlFile(join(folder, CONTROL_FILE))))
    .sort((a, b) => b.heardMs - a.heardMs);
}

/** The directory that `programInfo` was given, of a run whose log directory is where it is as a rule; of a Slurm job's head, the job's. */
export const programDirectory = (logDir: string): string =>
  basename(logDir) === LOGS ? dirname(logDir) : dirname(dirname(dirname(logDir)));

/** The file of a run's log in its log directory. */
export const eventLog = (logDir: string): string => join(logDir, "events.jsonl");

const foundRun = (logDir: string, control: ControlFile | undefined): FoundRun => ({
  id: control?.run.id ?? basename(logDir),
  logDir,
  control,
  process: control === undefined ? "unknown" : runState(control),
  heardMs: heardMs(logDir),
});

const startOf = ({ control, id }: FoundRun): string => control?.run.startedAt ?? id;

/** 0 where there is no log. */
const heardMs = (logDir: string): number => statSync(eventLog(logDir), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function foldersIn(folder: string): readonly string[] {
  try {
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(folder, entry.name)] : [],
    );
  } catch (error) {
    if (!Error.isError(error) || !("code" in error) || error.code !== "EACCES") throw error;
    throw new ControlError("not-ours", `${folder} is another user's: only who runs a program sees its runs`, {
      cause: error,
    });
  }
}
