/** The code of this program's remote functions, as hashes: each is read when it is first asked for, and stays as it was then. */
import { CodeReader } from "@hyperion-ts/code-hash";
import { findRemote } from "@hyperion-ts/remote";

export class ProgramCode {
  readonly #reader = new CodeReader();
  readonly #hashes = new Map<string, string | undefined>();

  /** The hash of a function's code; undefined for a name that no module of this program defines, and for a module that can't be read. */
  hash(functionName: string): string | undefined {
    if (this.#hashes.has(functionName)) return this.#hashes.get(functionName);
    const fn = findRemote(functionName);
    // Its module may still be loaded.
    if (fn === undefined) return undefined;
    const hash = this.#read(fn.module, functionName);
    this.#hashes.set(functionName, hash);
    return hash;
  }

  #read(module: string, functionName: string): string | undefined {
    try {
      return this.#reader.functionCode(module, functionName).hash;
    } catch {
      // A worker that can't read it either says so; without workers nobody needs it.
      return undefined;
    }
  }
}
