/**
 * The code of this program's remote functions, as it was when a run began: its files are read once, and stay in memory as they
 * were then.
 *
 * What is guaranteed: all workers of this process compute with the bytes that were read here, whatever happens to the files
 * later, and these bytes are what a result's origin tells. What is not: that they are the bytes which the program itself has
 * loaded, for the runtime does not hand them out. A file that is changed between the import of its module and
 * the beginning of the first run is read as it is then, by the workers as well; only what runs in the program itself (its main part, and all
 * functions with `inProcess`) is from before. So the files are read at once, at the very beginning of a run, which takes
 * half a millisecond a file; to understand them takes ten times as long, and is done in turns while agents start.
 */
import { setImmediate as turn } from "node:timers/promises";
import { CodeReader } from "@hyperion-ts/code-hash";
import type { CodeAtStart } from "@hyperion-ts/launcher";
import { findRemote, remoteNames } from "@hyperion-ts/remote";

class ProgramCode {
  /** What has read the files first: what it gives of a file is what the program is made of. */
  readonly reader = new CodeReader();
  readonly #codes = new Map<string, CodeAtStart | undefined>();

  /** A function's code; undefined for a name that no module of this program defines, and for a module that can't be read. */
  of(functionName: string): CodeAtStart | undefined {
    if (this.#codes.has(functionName)) return this.#codes.get(functionName);
    const fn = findRemote(functionName);
    // Its module may still be loaded.
    if (fn === undefined) return undefined;
    const code = this.#read(fn.module, functionName);
    this.#codes.set(functionName, code);
    return code;
  }

  /** Reads the code of all functions that are known by now, at once, and understands it in turns, until `signal` aborts. */
  async readAll(signal: AbortSignal): Promise<void> {
    for (const name of remoteNames()) this.of(name);
    do await turn();
    while (!signal.aborted && orNothing(() => this.reader.parseNext()) === true);
  }

  #read(module: string, functionName: string): CodeAtStart | undefined {
    const files = orNothing(() => this.reader.moduleFiles(module));
    // A worker that can't read it either says so; without workers nobody needs it.
    if (files === undefined) return undefined;
    const hash = once(() => orNothing(() => this.reader.functionCode(module, functionName).hash));
    const isBundle = this.reader.isBundle(module);
    return { files, isBundle, hash, source: (path) => this.reader.source(path) };
  }
}

/** The code of the program in this process. */
export const programCode = new ProgramCode();

/** Undefined for what can't be read. */
function orNothing<A>(read: () => A): A | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function once<A>(find: () => A): () => A {
  let found: { readonly value: A } | undefined;
  return () => (found ??= { value: find() }).value;
}
