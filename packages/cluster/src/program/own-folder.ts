/**
 * Where a program's job directories, snapshots, locks and folders of objects are: what lies there is run and believed, so nobody else may write there, nor to
 * a folder above. Where people share a program's folder with their group, that is not so, and a folder in their home takes its place.
 */
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ownFolder as ownFolderOf } from "@hyperion-ts/own-files";
import type { SharesFolder } from "../across-jobs.ts";

/** As `ownFolder` of own-files; that it is in the home is told in a sentence. @throws as that */
export const ownFolder = (place: string, name: string, tell: (sentence: string) => void): string =>
  ownFolderOf(place, name, ({ wanted, folder, because }) =>
    tell(
      `${because.path} can be changed by others, who could make your jobs run or believe something else: ${folder} is used in place of ${wanted}. The nodes of jobs must see it, too`,
    ),
  );

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
