/**
 * Where a program's job directories, snapshots, locks and folders of objects are: what lies there is run and believed, so nobody else may write there, nor to
 * a folder above. Where people share a program's folder with their group, that is not so, and a folder in their home takes its place.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { NotOursError, privateFolder } from "@hyperion-ts/own-files";
import type { SharesFolder } from "../across-jobs.ts";

/**
 * The folder `name` in `place`, which is made where it is missing; where others may write to `place`, one in the home of this user,
 * `~/.local/state/hyperion-ts/...`. That is told, and kept to: a later run finds the same.
 *
 * @throws NotOursError where there is such a folder in `place` already that others may have written to, or the home is no better;
 *   the file system's error
 */
export function ownFolder(place: string, name: string, tell: (sentence: string) => void): string {
  mkdirSync(place, { recursive: true });
  const real = realpathSync(place);
  const hash = createHash("sha256").update(real).digest("hex").slice(0, 16);
  const atHome = join(homedir(), ".local/state/hyperion-ts", `${basename(real)}-${hash}`, name);
  if (existsSync(atHome)) return privateFolder(atHome);
  const own = join(real, name);
  const isNew = !existsSync(own);
  try {
    return privateFolder(own);
  } catch (error) {
    if (!(error instanceof NotOursError) || !isNew) throw error;
    const folder = privateFolder(atHome);
    tell(
      `${error.path} can be changed by others, who could make your jobs run or believe something else: ${folder} is used in place of ${own}. The nodes of jobs must see it, too`,
    );
    return folder;
  }
}

/** The folder of what this program, or the one of this job, shares with all its jobs. @throws as `ownFolder` */
export const sharedFolder = ({ programInfo, ownDataDir: told, log = () => undefined }: SharesFolder): string =>
  told ?? ownDataDir(programInfo.dataDir, log);

/**
 * The folder of what a program and its jobs share: its data directory `dataDir`, or the one in the home. A job is told which one it
 * is, as its node may know the same directory by another name.
 *
 * @throws as `ownFolder`
 */
export function ownDataDir(dataDir: string, tell: (sentence: string) => void): string {
  const folder = dirname(ownFolder(dataDir, "locks", tell));
  // Not without links, as a node may have others on the way.
  return folder === realpathSync(dataDir) ? resolve(dataDir) : folder;
}
