/** Which file an import means, and whether it is the user's own: installed packages, built-in modules and this software are not. */
import { realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where an import leads: to a file of the user's, to what is not the user's, or to nothing that was found. */
export type Resolved =
  /** A file of the user's; its absolute path, without links. */
  | { readonly kind: "own"; readonly path: string }
  /** What is not the user's: an installed package, a built-in module, this software. */
  | { readonly kind: "foreign" }
  /** Nothing was found under the name. */
  | { readonly kind: "not-found" };

/** TypeScript lets an import name the file that a compiler would make; bundlers and CommonJS let it leave out the end. */
const ENDINGS_OF: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};
const LEFT_OUT = [
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".json",
  "/index.ts",
  "/index.tsx",
  "/index.js",
];

/** What `specifier` means in the file `importer`. */
export function resolveImport(specifier: string, importer: string): Resolved {
  const [plain = ""] = specifier.split(/[?]/, 1);
  if (isBuiltin(plain) || /^(?:data|https?):/.test(plain) || plain.startsWith("@hyperion-ts/"))
    return { kind: "foreign" };
  const path = isPath(plain) ? fileOf(pathOf(plain, importer)) : packageFile(plain, importer);
  if (path === undefined) return { kind: "not-found" };
  return isOwn(path) ? { kind: "own", path } : { kind: "foreign" };
}

const isPath = (specifier: string): boolean => /^(?:\.{1,2}(?:\/|$)|\/|file:)/.test(specifier);

function pathOf(specifier: string, importer: string): string {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  return resolve(dirname(importer), decodeURI(specifier));
}

function fileOf(path: string): string | undefined {
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0] ?? "";
  const compiled = (ENDINGS_OF[ending] ?? []).map((source) => path.slice(0, -ending.length) + source);
  const found = [path, ...compiled, ...LEFT_OUT.map((end) => path + end)].find(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
  );
  return found === undefined ? undefined : realpathSync(found);
}

/** A package of a workspace is a link out of node_modules; `#name` is the importer's own package. */
function packageFile(specifier: string, importer: string): string | undefined {
  try {
    return realpathSync(createRequire(importer).resolve(specifier));
  } catch {
    return undefined;
  }
}

const isOwn = (path: string): boolean => !path.split("/").includes("node_modules");
