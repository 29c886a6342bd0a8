/** By which other names this program's folders were reached: those of its directory, its main file, its runtime, and its user's home. */
import { realpathSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { FolderName } from "@hyperion-ts/wire";
import { folderName } from "../shared/folder-names.ts";

/** The folders of this program that have two names, each once. */
export function ownFolderNames(): readonly FolderName[] {
  const { PWD: directory, HOME: home } = process.env;
  const named = [directory, home, process.argv[1], typedRuntime()].flatMap((logical) => {
    const physical = logical === undefined || !isAbsolute(logical) ? undefined : physicalName(logical);
    return logical === undefined || physical === undefined ? [] : (folderName(physical, logical) ?? []);
  });
  return [...new Map(named.toReversed().map((name) => [name.physical, name])).values()];
}

/** The path by which the runtime was called, as it was typed or found by PATH. */
function typedRuntime(): string | undefined {
  const { argv0, env, execPath } = process;
  const places = argv0.includes("/")
    ? [resolve(env["PWD"] ?? "/", argv0)]
    : (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, argv0));
  return places.find((place) => physicalName(place) === execPath);
}

function physicalName(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
