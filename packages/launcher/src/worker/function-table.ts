/** The functions that this worker was told of: their modules are imported at the first call. */
import { flushCompileCache } from "node:module";
import { setImmediate, setTimeout } from "node:timers";
import { type AnyRemoteFunction, findRemote, remoteNames } from "@hyperion-ts/remote";
import type { ToWorker } from "@hyperion-ts/wire";
import { changedFiles, describeChange } from "./changed-code.ts";
import { type FolderName, type PathsHere, pathsHere, urlHere } from "./folder-names.ts";
import { whyNotLoaded } from "./why-not-loaded.ts";

/** When the compiled code of a new module is written: not while the first calls wait. A worker that is killed would never write it. */
const KEEP_COMPILED_AFTER_MS = 50;

type Definition = Extract<ToWorker, { type: "define" }>;

/** A function that is ready, or the promise of it while its module loads. */
export type Loaded = AnyRemoteFunction | Promise<AnyRemoteFunction>;

/** A module of remote functions that can't be used. Another worker could not use it either. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly code: "module-failed" | "unknown-function" | "code-changed";

  constructor(code: ModuleError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export class FunctionTable {
  readonly #entries: Loaded[] = [];
  readonly #definitions: Definition[] = [];
  readonly #here: PathsHere;

  /** `folderNames`: folders that have two names where the calls come from. */
  constructor(folderNames: readonly FolderName[]) {
    this.#here = pathsHere(folderNames);
  }

  define(definition: Definition): void {
    this.#definitions[definition.index] = definition;
  }

  nameOf(index: number): string {
    return this.#definitions[index]?.name ?? "";
  }

  get(index: number): Loaded {
    const known = this.#entries[index];
    if (known !== undefined) return known;
    const loading = load(this.#definitions[index], this.#here).then((fn) => (this.#entries[index] = fn));
    // Whoever asked awaits it; a second asker gets the same failure.
    loading.catch(() => undefined);
    this.#entries[index] = loading;
    return loading;
  }
}

async function load(definition: Definition | undefined, here: PathsHere): Promise<AnyRemoteFunction> {
  if (definition === undefined)
    throw new ModuleError("unknown-function", "A call named a function that was never announced to this worker");
  const { name, code } = definition;
  const module = urlHere(definition.module, here);
  const changed = code === undefined ? [] : await changedFiles(code, module, name, here);
  if (changed.length > 0) throw new ModuleError("code-changed", describeChange(name, changed));
  try {
    await import(module);
    // What it has started and does not await may fail now: before a call seems to have succeeded.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (cause) {
    throw new ModuleError(
      "module-failed",
      `The module ${module} of the remote function "${name}" can't be loaded in a worker: ${whyNotLoaded(module, cause)}`,
      { cause },
    );
  }
  setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
  const fn = findRemote(name);
  if (fn === undefined)
    throw new ModuleError(
      "unknown-function",
      `The module ${module} does not define a remote function "${name}" when a worker imports it; it defines: ${remoteNames().join(", ") || "none"}. Define it at the top level of that module`,
    );
  return fn;
}
