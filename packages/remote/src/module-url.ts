/** Which module a worker has to import for a function: the part of `import.meta` that says so, looked at before anything is called. */
import { pathToFileURL } from "node:url";

/** The part of `import.meta` that tells a worker which file to import. */
export interface ModuleMeta {
  /** A URL, or an absolute path. */
  readonly url: string;
}

/** A function was defined with something that names no module, so that no worker could find it. */
export class NoModuleError extends Error {
  override readonly name = "NoModuleError";
  readonly code = "no-module";

  constructor(functionName: string, what: string) {
    super(
      `The remote function "${functionName}" was defined with ${what}, but a worker has to import the module that defines it. Give defineRemote the module's own import.meta. ` +
        `In CommonJS there is none: give it { url: __filename } there, as in defineRemote({ url: __filename }, { name: ${JSON.stringify(functionName)}, ... }). In a bundle it may be empty: bundle as an ES module (esbuild: --format=esm --outfile=program.mjs).`,
    );
  }
}

/**
 * The URL of the module that `meta` is of; a path becomes one.
 *
 * @throws NoModuleError when `meta` names no module.
 */
export function moduleUrl(meta: { readonly url?: unknown } | undefined, functionName: string): string {
  const url = meta?.url;
  if (typeof url !== "string") throw new NoModuleError(functionName, describe(meta));
  if (url.startsWith("/")) return pathToFileURL(url).href;
  if (!URL.canParse(url))
    throw new NoModuleError(
      functionName,
      `the module ${JSON.stringify(url)}, which is neither a URL nor an absolute path`,
    );
  return url;
}

function describe(meta: object | null | undefined): string {
  if (meta === undefined || meta === null) return "no import.meta";
  return "exports" in meta && "filename" in meta ? "the module of CommonJS" : "an import.meta without url";
}
