/**
 * Folders that have two names on this machine: `physical`, with all links resolved, as the runtime tells the current
 * directory and the URL of a module; and `logical`, as a person has typed it. Where nodes have an automounter, or links
 * to their file servers, only the logical one is the same on all of them. Where a person has made a link for
 * herself, it may be the other way round. So other nodes are told both, and take the one that is right there.
 */
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FolderName } from "@hyperion-ts/wire/frames";

/** The names of the highest folder that `physical` and `logical` (two names of one file) are in; undefined when they are one name. */
export function folderName(physical: string, logical: string): FolderName | undefined {
  const inode = inodeOf(physical);
  if (physical === logical || inode === undefined || !isSame(physical, logical)) return undefined;
  const [above, aboveByLogical] = [dirname(physical), dirname(logical)];
  const higher =
    basename(physical) === basename(logical) && isSame(above, aboveByLogical)
      ? folderName(above, aboveByLogical)
      : undefined;
  return higher ?? { physical, logical, inode };
}

/** How to write each path of another machine on this one. */
export type PathsHere = (path: string) => string;

/** Each path by its logical name, without a look at the machine. */
export const logicalPaths = (names: readonly FolderName[]): PathsHere =>
  renaming(names.map(({ physical, logical }) => [physical, logical]));

/** Looks at this machine's folders, once. A folder is taken for the same one if it has the same inode number, or else if there is one of the name. */
export const pathsHere = (names: readonly FolderName[]): PathsHere =>
  renaming(names.map((name) => [name.physical, nameHere(name)]));

/** The longest folder that a path is in counts. */
function renaming(names: readonly (readonly [from: string, to: string])[]): PathsHere {
  const byLength = names.toSorted(([a], [b]) => b.length - a.length);
  return (path) => {
    const [from, to] = byLength.find(([from]) => path === from || path.startsWith(`${from}/`)) ?? ["", ""];
    return to + path.slice(from.length);
  };
}

/** An argument as it has to be written on this machine: a path, a `file:` URL, or either behind `--option=`; others stay as they are. */
export function argumentHere(argument: string, here: PathsHere): string {
  const [, before = "", value = ""] = /^(--[\w-]+=)?((?:file:\/\/)?\/.*)$/s.exec(argument) ?? [];
  if (value === "") return argument;
  return before + (value.startsWith("/") ? here(value) : urlHere(value, here));
}

/** A module's URL as it has to be written on this machine; URLs of other things than files stay as they are. */
export function urlHere(url: string, here: PathsHere): string {
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url);
  const renamed = here(path);
  const { search, hash } = new URL(url);
  return renamed === path ? url : pathToFileURL(renamed).href + search + hash;
}

function nameHere({ physical, logical, inode }: FolderName): string {
  const found = [logical, physical].map((name) => ({ name, inode: inodeOf(name) }));
  return (
    found.find((each) => each.inode === inode) ??
    found.find((each) => each.inode !== undefined) ?? { name: physical }
  ).name;
}

function inodeOf(path: string): string | undefined {
  try {
    return String(statSync(path, { bigint: true }).ino);
  } catch {
    return undefined;
  }
}

function isSame(a: string, b: string): boolean {
  try {
    const [one, other] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}
