/** Reads the code of functions, each file once: what it read first is the code of this program, whatever happens to the files later. */
import { fileURLToPath } from "node:url";
import { type CodeFile, type ParsedFile, readCodeFile } from "./code-file.ts";
import { ReachedCode } from "./reached-code.ts";

/** What is known of a function's code. */
export type FunctionCode = {
  /**
   * SHA-256, in hexadecimal, of all that the function's run reaches: its definition, what is named there, through imports
   * into other files of the user's, and what those files do when they are loaded. Layout, comments, types, names and places
   * of files don't count; installed packages count by name only.
   */
  readonly hash: string;
  /** The files that are loaded for it, the function's module first. */
  readonly files: readonly CodeFile[];
  /** Imports for which no file was found, such as aliases that only a bundler knows: a change there is not seen. */
  readonly notFound: readonly string[];
};

/** Reads functions' code from source files. */
export class CodeReader {
  readonly #files = new Map<string, ParsedFile>();

  /**
   * The code of the function called `name`, which the module at `moduleUrl` (a `file:` URL) defines with its name as a
   * literal; where the name is not found there, all of the module counts.
   *
   * @throws whatever the file system says of a file that can't be read
   */
  functionCode(moduleUrl: string, name: string): FunctionCode {
    const reached = new ReachedCode(fileURLToPath(moduleUrl), name, (path) => this.#read(path));
    return {
      hash: reached.hash(),
      files: reached.files.map(({ path, sha256 }) => ({ path, sha256 })),
      notFound: reached.notFound,
    };
  }

  /** The bytes of a file as they were when it was read first; undefined for a file that was not. */
  bytes(path: string): Buffer | undefined {
    return this.#files.get(path)?.bytes;
  }

  #read(path: string): ParsedFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = readCodeFile(path);
    this.#files.set(path, file);
    return file;
  }
}
