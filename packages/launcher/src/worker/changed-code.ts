/** Whether the files of a function are still those of the program: a worker that starts later than it would load what was changed meanwhile. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { DefinedCode } from "@hyperion-ts/wire";
import type { PathsHere } from "./folder-names.ts";

/** The files that were changed since the program began, if the function's own code is another one with them. */
export async function changedFiles(
  { hash, files }: DefinedCode,
  module: string,
  name: string,
  here: PathsHere,
): Promise<readonly string[]> {
  // At once, as modules are loaded: else the runtime would start threads for it, which a limit may have no room for.
  const changed = files.flatMap(({ path, sha256 }) => (hashOf(here(path)) === sha256 ? [] : [path]));
  if (changed.length === 0) return changed;
  // Not every change of a file is one of this function.
  const { CodeReader } = await import("@hyperion-ts/code-hash");
  try {
    return new CodeReader().functionCode(module, name).hash === hash ? [] : changed;
  } catch {
    // A file is gone, or is not there on this node: the import will say so, in better words.
    return [];
  }
}

function hashOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

/** What a person is told of it. */
export const describeChange = (name: string, files: readonly string[]): string =>
  `The code of the remote function "${name}" was changed while the program runs (${files.join(", ")}). This worker was started after that and would mix results of both. ` +
  "Run the program again: what is remembered stays, and it says which results are from the code before";
