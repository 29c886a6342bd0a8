/** Which module a worker has to import for a function: the part of `import.meta` that says so, looked at before anything is called. */
import { pathToFileURL } from "node:url";

/** A function was defined with something that names no module, so that no worker could find it. */
export class NoModuleError extends Error {
  override readonly name = "NoModuleError";
  readonly code = "no-module";

  constructor(functionName: string, what: string) {
    super(
      `The remote function "${functionName}" was defined with ${what}, but a worker has to import the module that defines it. Give defineRemote the module's own import.meta. ` +
        `In CommonJS it is empty, also in a bundle: bundle as an ES module (esbuild: --format=esm --outfile=program.mjs), or give it { url: __filename } there.`,
    );
  }
}

/** The URL of the module that `meta` is of; a path becomes one. Throws a `NoModuleError`. */
export function moduleUrl(meta: { readonly url?: unknown } | undefined, functionName: string): string {
  const url = meta?.url;
  if (typeof url !== "string") throw new NoModuleError(functionName, meta === undefined ? "no import.meta" : "an import.meta without url");
  if (url.startsWith("/")) return pathToFileURL(url).href;
  if (!URL.canParse(url)) throw new NoModuleError(functionName, `the module ${JSON.stringify(url)}, which is neither a URL nor an absolute path`);
  return url;
}
