/**
 * Where the programs of agents and workers keep compiled code. Whoever can write there can have anything run as this user, for
 * the runtime runs what it finds: of TypeScript an entry is plain JavaScript. So it is a folder that nobody else has
 * a hand in, or none.
 *
 * The runtime has to know it before it loads a program's first file, or that file is compiled anew at each start, and
 * where it is TypeScript the compiler is loaded for it: 11 MB of memory in each process. So it is told by the
 * runtime's own variable, by a process that has looked at the folder on the same machine. Nobody has looked for an agent
 * on another node: it looks itself, and its own first files are compiled anew.
 */
// As a whole: an old Node can't link a name that it does not have, and would not come as far as to say that it is too old.
import nodeModule from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { privateFolder } from "@hyperion-ts/own-files";
import { CHOSEN, VARIABLE } from "./compile-cache-variables.ts";

/** The variables for an agent on this machine that is to keep its compiled code in `wanted`. A person's own choice comes first. */
export const compileCacheVariables = (wanted: string | undefined): Record<string, string> =>
  wanted === undefined || process.env[VARIABLE] !== undefined ? {} : variables(chooseFolder(wanted).folder);

/** Keeps what this process compiles in `wanted`, or where else it can be kept, and lets those that it starts do the same; `log` hears why elsewhere, or nowhere. */
export function shareCompileCache(wanted: string, log: (line: string) => void): void {
  if (process.env[VARIABLE] !== process.env[CHOSEN]) return;
  const { folder, refused } = chooseFolder(wanted);
  if (refused.length > 0)
    log(
      `Compiled code is kept ${folder === undefined ? "nowhere, so workers start more slowly" : `in ${folder}`}: ${refused.join("; ")}`,
    );
  if (folder !== undefined) nodeModule.enableCompileCache(folder);
  Object.assign(process.env, variables(folder));
}

const variables = (folder: string | undefined): Record<string, string> =>
  folder === undefined ? {} : { [VARIABLE]: folder, [CHOSEN]: folder };

/** The first that is this user's alone, of the one that is wanted and one in the user's own folder for such things. */
function chooseFolder(wanted: string): { readonly folder: string | undefined; readonly refused: readonly string[] } {
  const refused: string[] = [];
  for (const candidate of [wanted, join(userCache(), "hyperion-ts", "compiled")]) {
    try {
      return { folder: privateFolder(candidate), refused };
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { folder: undefined, refused };
}

/** As the XDG Base Directory Specification has it: a relative path counts as none. */
function userCache(): string {
  const { XDG_CACHE_HOME: given = "" } = process.env;
  return isAbsolute(given) ? given : join(homedir(), ".cache");
}
