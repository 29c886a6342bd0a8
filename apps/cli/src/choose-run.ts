/** Which run is meant: the one that is named, or the one that there is. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ControlError, type FoundRun, programDirectory, runsHere, runsIn } from "@hyperion-ts/control";

/** What a person says of the run that they mean. */
export interface RunChoice {
  /** The directory that the program was given (`programInfo(dir)`). Default: this one, or `out` in it. */
  readonly dir?: string | undefined;
  /** Its id, or the beginning of it. */
  readonly run?: string | undefined;
}

/** What a program is mostly told. */
const USUAL_DIRECTORY = "out";

/**
 * The run that is meant. Of a directory it is the run that goes on there, else the one that was heard of last. Without one: that of
 * this directory, else the only one of this user that goes on on this machine.
 *
 * @throws ControlError `not-found` where there is none, or more than one
 */
export async function chooseRun({ dir, run }: RunChoice): Promise<FoundRun> {
  const directories = dir === undefined ? [".", USUAL_DIRECTORY] : [dir];
  const runs = directories.flatMap(runsIn);
  if (run !== undefined) return named(run, dir === undefined ? [...(await runsHere()), ...runs] : runs);
  const living = runs.find(({ process }) => process === "living");
  const found = living ?? runs.toSorted((a, b) => b.heardMs - a.heardMs)[0];
  if (found !== undefined) return found;
  if (dir !== undefined) throw noRunIn(dir);
  const here = await runsHere();
  if (here.length === 1 && here[0] !== undefined) return here[0];
  throw new ControlError("not-found", here.length === 0 ? NOTHING : `${SEVERAL}\n${listOf(here)}`);
}

const NOTHING =
  "No program of yours goes on on this machine, and none has left anything in this directory, or in out. Say where: --dir DIR, as in programInfo(DIR)";
const SEVERAL = "Several programs of yours go on here. Say which, by --run ID or --dir DIR:";

function named(id: string, runs: readonly FoundRun[]): FoundRun {
  // Those that go on are found in two ways.
  const byPlace = new Map(runs.map((found) => [found.logDir, found]));
  const all = [...byPlace.values()];
  const exact = all.filter((found) => found.id === id);
  const matching = exact.length > 0 ? exact : all.filter((found) => found.id.startsWith(id));
  if (matching.length === 1 && matching[0] !== undefined) return matching[0];
  if (matching.length > 1)
    throw new ControlError(
      "not-found",
      `${id} may be several runs. Say which, by --dir DIR, too:\n${listOf(matching)}`,
    );
  const there = all.length === 0 ? "" : `. There are:\n${listOf(all.slice(0, 10))}`;
  throw new ControlError("not-found", `There is no run ${id}${there}`);
}

function noRunIn(dir: string): ControlError {
  const path = resolve(dir);
  if (!existsSync(path)) return new ControlError("not-found", `There is no directory ${path}`);
  return new ControlError(
    "not-found",
    existsSync(join(path, "results.sqlite"))
      ? `No run has left a log in ${path}: results has what is stored there`
      : `No program has run in ${path}: give the directory that programInfo was given`,
  );
}

const listOf = (runs: readonly FoundRun[]): string =>
  runs.map(({ id, logDir }) => `  ${id}  ${shownPath(programDirectory(logDir))}`).join("\n");

/** The path as a person would write it here. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  if (below === "") return ".";
  return below.startsWith("..") ? path : below;
}
