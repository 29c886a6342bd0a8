/**
 * A private folder beside a program's other files. Where people share a program's directory with their group it can't be
 * private, and a folder in the user's home takes its place.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { NotOursError } from "./not-ours-error.ts";
import { privateFolder } from "./private-folder.ts";

/** Why a folder is not where it was wanted. */
export interface MovedFolder {
  /** Where it was wanted. */
  readonly wanted: string;
  /** Where it is. */
  readonly folder: string;
  /** Names the folder that others may write to. */
  readonly because: NotOursError;
}

/**
 * The private folder `name` in `place`; both are made where they are missing. Where others may write to `place`, one in the home of
 * this user, `~/.local/state/hyperion-ts/...`: `moved` is told, and later calls find the same.
 *
 * @throws NotOursError where there is such a folder in `place` already that others may have written to, or the home is no better;
 *   the file system's error
 */
export function ownFolder(place: string, name: string, moved: (where: MovedFolder) => void): string {
  mkdirSync(place, { recursive: true });
  const { own, atHome } = placesOf(place, name);
  if (existsSync(atHome)) return privateFolder(atHome);
  const isNew = !existsSync(own);
  try {
    return privateFolder(own);
  } catch (because) {
    if (!(because instanceof NotOursError) || !isNew) throw because;
    const folder = privateFolder(atHome);
    moved({ wanted: own, folder, because });
    return folder;
  }
}

/**
 * The folder that `ownFolder` has made; undefined where it has made none: what else has that name is none of its.
 *
 * @throws NotOursError where others may have written to it; the file system's error
 */
export function ownFolderIfThere(place: string, name: string): string | undefined {
  if (!existsSync(place)) return undefined;
  const { own, atHome } = placesOf(place, name);
  const there = [atHome, own].find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  return there === undefined ? undefined : privateFolder(there);
}

function placesOf(place: string, name: string): { readonly own: string; readonly atHome: string } {
  const real = realpathSync(place);
  const hash = createHash("sha256").update(real).digest("hex").slice(0, 16);
  return {
    own: join(real, name),
    atHome: join(homedir(), ".local/state/hyperion-ts", `${basename(real)}-${hash}`, name),
  };
}
