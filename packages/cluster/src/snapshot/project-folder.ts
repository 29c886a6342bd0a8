/** The folder of a user's project. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder above the file that has a package.json; else its own. */
export function projectFolder(path: string): string {
  const own = dirname(path);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === "/") return own;
  }
}
