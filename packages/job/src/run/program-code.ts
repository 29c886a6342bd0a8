/** The code of this program's remote functions, as hashes: each is read when it is first asked for, and stays as it was then. */
import { CodeReader, type FunctionCode } from "@hyperion-ts/code-hash";
import { findRemote, remoteNames } from "@hyperion-ts/remote";

class ProgramCode {
  readonly #reader = new CodeReader();
  readonly #codes = new Map<string, FunctionCode | undefined>();

  /** A function's code; undefined for a name that no module of this program defines, and for a module that can't be read. */
  of(functionName: string): FunctionCode | undefined {
    if (this.#codes.has(functionName)) return this.#codes.get(functionName);
    const fn = findRemote(functionName);
    // Its module may still be loaded.
    if (fn === undefined) return undefined;
    const code = this.#read(fn.module, functionName);
    this.#codes.set(functionName, code);
    return code;
  }

  /** Reads the code of all functions that are known by now. */
  readAll(): void {
    for (const name of remoteNames()) this.of(name);
  }

  #read(module: string, functionName: string): FunctionCode | undefined {
    try {
      return this.#reader.functionCode(module, functionName);
    } catch {
      // A worker that can't read it either says so; without workers nobody needs it.
      return undefined;
    }
  }
}

/** The code of the program in this process. */
export const programCode = new ProgramCode();
