/** A look at a file that another program opens, before it does. */
import { lstatSync, type Stats } from "node:fs";
import { describeFile, NotOursError } from "./not-ours-error.ts";

/**
 * What the plain file at `path` is: whose, of which mode, with how many names. Undefined where there is nothing.
 *
 * @throws NotOursError for anything else, also a link to a plain file; the file system's errors as they come
 */
export function plainFile(path: string): Stats | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return there;
  throw new NotOursError(path, `${describeFile(there)}, and no plain file`);
}
