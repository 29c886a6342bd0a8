/**
 * All remote functions of this process, by name. It lives on `globalThis`, so that two copies of
 * this package in one program (two versions, or a bundle beside sources) see the same functions.
 */
import type { RemoteFunction } from "./remote-function.ts";

const key = Symbol.for("@hyperion-ts/remote.functions");

/** A remote function whatever its types are: what is known of one that was found by its name. */
export type AnyRemoteFunction = Pick<RemoteFunction, "name" | "module" | "input" | "output"> & {
  readonly run: (input: never, ctx: never) => unknown;
};

/** Two modules define a remote function of one name, so that a worker could not tell which is meant. */
export class DuplicateNameError extends Error {
  override readonly name = "DuplicateNameError";
  readonly code = "duplicate-name";

  constructor(functionName: string, first: string, second: string) {
    super(`Two modules define the remote function "${functionName}": ${first} and ${second}. Rename one of them: a name must be unique in the program.`);
  }
}

/** The function of this name, if a module that was loaded defines it. */
export const findRemote = (name: string): AnyRemoteFunction | undefined => functions().get(name);

/** The names of all functions that are defined, sorted. */
export const remoteNames = (): string[] => [...functions().keys()].sort();

export function register(fn: AnyRemoteFunction): void {
  const known = functions().get(fn.name);
  if (known !== undefined && sameFile(known.module) !== sameFile(fn.module)) throw new DuplicateNameError(fn.name, known.module, fn.module);
  functions().set(fn.name, fn);
}

function functions(): Map<string, AnyRemoteFunction> {
  const known: Map<string, AnyRemoteFunction> | undefined = Reflect.get(globalThis, key);
  if (known !== undefined) return known;
  const made = new Map<string, AnyRemoteFunction>();
  Reflect.set(globalThis, key, made);
  return made;
}

/** A module's URL without query and hash, which loaders use to load a file anew. */
const sameFile = (module: string): string => module.replace(/[?#].*$/, "");
