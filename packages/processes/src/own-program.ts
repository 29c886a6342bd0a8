/** Where programs of these packages are that others of them start: sources in the repository, compiled files in an installed package, or files of a snapshot. */
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The file of a program. `path` leads there from the module whose `import.meta` is given, without an ending: that is the
 * module's own. In a snapshot (`.mjs`) all programs lie beside each other.
 *
 * @example
 * const agentProgram = ownProgram(import.meta, "../agent/agent-main");
 */
export function ownProgram({ url }: { readonly url: string }, path: string): string {
  const ending = extname(url);
  return fileURLToPath(new URL(ending === ".mjs" ? `./${basename(path)}.mjs` : `${path}${ending}`, url));
}
