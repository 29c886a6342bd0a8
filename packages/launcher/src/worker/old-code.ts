/**
 * How a worker that was started after a file was changed runs the code with which its program began: it asks the program for
 * the files as they were, which has them in its memory. Where that is no help it does not compute with other code:
 * its calls fail with `code-changed`.
 */
import { decodeValue, type FromWorker, type KeptCode } from "@hyperion-ts/wire";
import type { FunctionFiles } from "./function-files.ts";
import { ModuleError } from "./why-not-loaded.ts";

/** A function, and what was found of it. */
export interface ChangedFunction {
  /** Its index. */
  readonly index: number;
  /** Its name. */
  readonly name: string;
  /** The URL of its module on this machine. */
  readonly module: string;
  /** Its files, as they were found here. */
  readonly files: FunctionFiles;
}

/** The code with which the program began, as far as this worker has asked for it. */
export class OldCode {
  readonly #tell: (message: FromWorker) => void;
  readonly #waiting = new Map<number, (code: KeptCode) => void>();
  /** Files that another function, which is the same with them, has loaded as they are now: what is loaded stays. */
  readonly #loadedAsNow = new Set<string>();

  /** `tell` sends a message to the head. */
  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell;
  }

  /** What the head has sent. */
  came(index: number, body: Buffer): void {
    this.#waiting.get(index)?.(decodeValue(body) as KeptCode);
    this.#waiting.delete(index);
  }

  /**
   * Sees to it that the import of a changed function loads the code with which the program began. Returns the places of the
   * files that are loaded as they were; none where what was changed is no part of the function, or the import will fail anyway.
   *
   * @throws ModuleError `code-changed` where the function would be another one
   */
  async use(changed: ChangedFunction): Promise<readonly number[]> {
    // A node that has none of the files has no changed program, but none at all: the import will say so.
    if (!changed.files.anyFound) return [];
    const wanted = hooksOfOthers() === undefined ? changed.files.wanted : [];
    const { hash, sources } = await this.#ask(changed.index, wanted);
    const obstacle = this.#asNow(changed.files) ?? whyNot(changed, sources);
    if (obstacle !== undefined) {
      if (await isAnother(changed, hash)) throw new ModuleError("code-changed", describeChange(changed, obstacle));
      for (const { at } of changed.files.changed) this.#loadedAsNow.add(changed.files.path(at));
      return [];
    }
    const { keepModules } = await import("./kept-modules.ts");
    keepModules(
      sources.map(({ at, format, bytes }) => ({
        path: changed.files.path(at),
        format,
        source: new TextDecoder().decode(bytes),
      })),
    );
    return wanted;
  }

  #asNow(files: FunctionFiles): string | undefined {
    const loaded = files.wanted.find((at) => this.#loadedAsNow.has(files.path(at)));
    return loaded === undefined
      ? undefined
      : `this worker has loaded ${files.path(loaded)} as it is now for another function`;
  }

  #ask(index: number, files: readonly number[]): Promise<KeptCode> {
    const { promise, resolve } = Promise.withResolvers<KeptCode>();
    this.#waiting.set(index, resolve);
    this.#tell({ type: "want-code", index, files });
    return promise;
  }
}

/** Why the old code can't be put in the place of what is there. */
function whyNot({ files }: ChangedFunction, sources: KeptCode["sources"]): string | undefined {
  const hooks = hooksOfOthers();
  if (hooks !== undefined) return `${hooks.split("=", 1)[0]} has a say in how modules are loaded`;
  const lacking = files.wanted.find((at) => !sources.some((source) => source.at === at));
  if (lacking !== undefined) return `Node by itself can't load ${files.path(lacking)}`;
  // The runtime looks for such a file where no hook is asked, when an ES module imports it.
  const gone = files.changed.find(
    ({ at, changedAtMs }) =>
      changedAtMs === null && sources.some((source) => source.at === at && source.format.startsWith("commonjs")),
  );
  return gone === undefined ? undefined : `${files.path(gone.at)}, a CommonJS module, is gone`;
}

/** An option by which others may have a say in how modules are loaded: what their hooks would make of the old code nobody knows. */
function hooksOfOthers(): string | undefined {
  const options = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(" ")];
  return options
    .map((option) => option.replaceAll("_", "-"))
    .find((option) => HOOK_OPTIONS.has(option.split("=", 1)[0] ?? option));
}

/** Options that load a module before the program, which may install hooks. */
const HOOK_OPTIONS: ReadonlySet<string> = new Set(["--import", "--require", "-r", "--loader", "--experimental-loader"]);

/** Whether the function is another one: not every change of a file is one of the function. */
async function isAnother({ module, name }: ChangedFunction, hash: string | null): Promise<boolean> {
  const { CodeReader } = await import("@hyperion-ts/code-hash");
  try {
    return new CodeReader().functionCode(module, name).hash !== hash;
  } catch {
    // A file is gone: the import will say so, in better words.
    return false;
  }
}

const describeChange = ({ name, files }: ChangedFunction, obstacle: string): string =>
  `The code of the remote function "${name}" was changed while the program runs (${files.changed.map(({ at }) => files.path(at)).join(", ")}). This worker was started after that and can't go on with the old code: ${obstacle}. ` +
  "Run the program again: what is remembered stays, and it says which results are from the code before";
