/**
 * Packages with machine code of their own. They find it by looking around in their own folder, which no bundler can follow,
 * and machine code can't be a part of a text: so such packages stay where they are.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a package depends on that loads or builds machine code. */
const LOADERS: ReadonlySet<string> = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "nan",
  "node-addon-api",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "prebuild-install",
]);

/** Looks at each package once. */
export class NativePackages {
  readonly #known = new Map<string, boolean>();

  /** Whether the file at `path` is machine code, or part of an installed package that has some. */
  has(path: string): boolean {
    if (path.endsWith(".node")) return true;
    const folder = packageFolder(path);
    if (folder === undefined) return false;
    const isOne = this.#known.get(folder) ?? hasMachineCode(folder);
    this.#known.set(folder, isOne);
    return isOne;
  }
}

/** The folder of the installed package that the file is in: `.../node_modules/name` or `.../node_modules/@scope/name`. */
const packageFolder = (path: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];

function hasMachineCode(folder: string): boolean {
  if (existsSync(join(folder, "binding.gyp"))) return true;
  try {
    const {
      gypfile,
      binary,
      napi,
      dependencies = {},
    } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
    const builds = gypfile === true || binary !== undefined || napi !== undefined;
    return builds || Object.keys(dependencies as object).some((name) => LOADERS.has(name));
  } catch {
    return false;
  }
}
