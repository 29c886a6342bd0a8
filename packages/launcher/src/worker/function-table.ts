/** The functions that this worker was told of: their modules are imported at the first call. */
import { flushCompileCache, setSourceMapsSupport } from "node:module";
import { setImmediate, setTimeout } from "node:timers";
import { type AnyRemoteFunction, findRemote, remoteNames } from "@hyperion-ts/remote";
import type { FileAtStart, FromWorker, ToWorker } from "@hyperion-ts/wire";
import type { FolderName } from "@hyperion-ts/wire";
import { type PathsHere, pathsHere, urlHere } from "../shared/folder-names.ts";
import { FunctionFiles, UnsureCodeError } from "./function-files.ts";
import type { OldCode } from "./old-code.ts";
import { ModuleError, notImported } from "./why-not-loaded.ts";

/** How long after the import the compiled code of a new module is written: not while the first calls wait, and not at the worker's end, which may be a kill. */
const KEEP_COMPILED_AFTER_MS = 50;

/** A message has to fit into one frame. */
const MAX_TOLD = 500;

type Definition = Extract<ToWorker, { type: "define" }>;

/** A function that is ready, or the promise of it while its module loads. */
export type Loaded = AnyRemoteFunction | Promise<AnyRemoteFunction>;

/** All functions that this worker was told of, by their indices. */
export class FunctionTable {
  readonly #entries: Loaded[] = [];
  readonly #definitions: Definition[] = [];
  /** By the indices of functions. */
  readonly #files: FileAtStart[][] = [];
  readonly #here: PathsHere;
  readonly #tell: (message: FromWorker) => void;
  /** Absent while all files are what they were. */
  #oldCode: OldCode | undefined;

  /** `folderNames`: folders that have two names where the calls come from. `tell` sends a message to the head, at once. */
  constructor(folderNames: readonly FolderName[], tell: (message: FromWorker) => void) {
    this.#here = pathsHere(folderNames);
    this.#tell = tell;
  }

  /** A function was announced, with its module. */
  define(definition: Definition): void {
    this.#definitions[definition.index] = definition;
  }

  /** The head says which files of a function there were when the program began. */
  expect(index: number, files: readonly FileAtStart[]): void {
    (this.#files[index] ??= []).push(...files);
  }

  /** The head has sent what was asked for of a function's code. */
  code(index: number, body: Buffer): void {
    this.#oldCode?.came(index, body);
  }

  /** The name of a function; an empty text where it was never announced. */
  nameOf(index: number): string {
    return this.#definitions[index]?.name ?? "";
  }

  /** The function; a promise of it while its module loads, which rejects with a ModuleError or an UnsureCodeError where it can't be. */
  get(index: number): Loaded {
    const known = this.#entries[index];
    if (known !== undefined) return known;
    const loading = this.#load(index)
      .then((fn) => (this.#entries[index] = fn))
      .finally(() => this.#tell({ type: "loaded", index }));
    // Whoever asked awaits it; a second asker gets the same failure.
    loading.catch(() => undefined);
    this.#entries[index] = loading;
    return loading;
  }

  async #changedCode(): Promise<OldCode> {
    const { OldCode } = await import("./old-code.ts");
    return (this.#oldCode ??= new OldCode(this.#tell));
  }

  async #load(index: number): Promise<AnyRemoteFunction> {
    const definition = this.#definitions[index];
    if (definition === undefined)
      throw new ModuleError("unknown-function", "A call named a function that was never announced to this worker");
    const { name } = definition;
    const module = urlHere(definition.module, this.#here);
    const files = new FunctionFiles(this.#files[index] ?? [], this.#here);
    const { changed } = files;
    const kept = changed.length === 0 ? [] : await (await this.#changedCode()).use({ index, name, module, files });
    // Nothing else's map is looked for: the modules of these packages are loaded, or in node_modules.
    if (definition.isBundle === true && !process.sourceMapsEnabled) setSourceMapsSupport(true);
    const failure = await importing(name, module);
    const unsure = files.changedSince(kept);
    if (unsure.length > 0) throw new UnsureCodeError(unsure);
    if (failure !== undefined) throw failure;
    if (kept.length > 0) this.#tell({ type: "old-code", index, files: changed.slice(0, MAX_TOLD) });
    setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
    const fn = findRemote(name);
    if (fn === undefined)
      throw new ModuleError(
        "unknown-function",
        `The module ${module} does not define a remote function "${name}" when a worker imports it; it defines: ${remoteNames().join(", ") || "none"}. Define it at the top level of that module`,
      );
    return fn;
  }
}

/** Why a module could not be imported. */
async function importing(name: string, module: string): Promise<ModuleError | undefined> {
  try {
    await import(module);
    // What it has started and does not await may fail now: before a call seems to have succeeded.
    await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  } catch (cause) {
    return notImported(name, module, cause);
  }
}
