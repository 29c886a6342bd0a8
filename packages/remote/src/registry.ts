/**
 * All remote functions of this process, by name. It lives on `globalThis`, so that two copies of
 * this package in one program (two versions, or a bundle beside sources) see the same functions.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ModuleMeta } from "./module-url.ts";

const KEY = Symbol.for("@hyperion-ts/remote.functions");

/** A remote function whatever its types are: what is known of one that was found by its name. */
export interface AnyRemoteFunction {
  /** As `defineRemote` was given it. */
  readonly name: string;
  /** The URL of the module that defines it. */
  readonly module: string;
  /** The schema of its input. */
  readonly input: StandardSchemaV1;
  /** The schema of its output. */
  readonly output: StandardSchemaV1;
  /** The function itself. */
  readonly run: (input: never, ctx: never) => unknown;
}

/** Two modules, or two places in one module, define a remote function of one name, so that a worker could not tell which is meant. */
export class DuplicateNameError extends Error {
  override readonly name = "DuplicateNameError";
  readonly code = "duplicate-name";

  constructor(functionName: string, first: string, second: string) {
    const where =
      first === second
        ? `The module ${first} defines the remote function "${functionName}" twice`
        : `Two modules define the remote function "${functionName}": ${first} and ${second}`;
    super(`${where}. Rename one of them: a name must be unique in the program.`);
  }
}

/** The function of this name, if a module that was loaded defines it. */
export const findRemote = (name: string): AnyRemoteFunction | undefined => functions().get(name);

/** The names of all functions that are defined, sorted. */
export const remoteNames = (): string[] => [...functions().keys()].sort();

/**
 * Makes `fn` known. A module that is loaded anew, which shows in its `import.meta` being a new one, replaces its functions.
 *
 * @throws DuplicateNameError when another module, or this one in another place, has defined a function of that name.
 */
export function register(fn: AnyRemoteFunction, meta: ModuleMeta): void {
  const known = functions().get(fn.name);
  const names = namesIn.get(meta) ?? new Set();
  if (known !== undefined && (names.has(fn.name) || fileOf(known.module) !== fileOf(fn.module)))
    throw new DuplicateNameError(fn.name, known.module, fn.module);
  namesIn.set(meta, names.add(fn.name));
  functions().set(fn.name, fn);
}

/** What each module has defined since it was loaded. */
const namesIn = new WeakMap<ModuleMeta, Set<string>>();

function functions(): Map<string, AnyRemoteFunction> {
  const known: Map<string, AnyRemoteFunction> | undefined = Reflect.get(globalThis, KEY);
  if (known !== undefined) return known;
  const made = new Map<string, AnyRemoteFunction>();
  Reflect.set(globalThis, KEY, made);
  return made;
}

/** A module's URL without query and hash, which loaders use to load a file anew. */
const fileOf = (module: string): string => module.replace(/[?#].*$/, "");
