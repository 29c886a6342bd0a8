/**
 * Modules that the runtime gets from the program's memory instead of from the disk, under their own URLs: `import.meta.url`,
 * stacks and what they import stay as they were. Only a worker that has met a changed file loads this, and
 * only for the files that it is told.
 */
import { realpathSync } from "node:fs";
import { registerHooks, type LoadFnOutput, type LoadHookSync, type ResolveHookSync } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A file as it was. */
export interface KeptModule {
  /** On this machine. */
  readonly path: string;
  /** As the runtime's hooks name it. */
  readonly format: string;
  /** Its text. */
  readonly source: string;
}

/** What `require` may leave out. */
const LEFT_OUT = ["", ".js", ".json", ".ts", "/index.js", "/index.json", "/index.ts"];

const kept = new Map<string, KeptModule>();

/** From now on these modules are loaded in place of what is on the disk. What is loaded already stays. */
export function keepModules(modules: readonly KeptModule[]): void {
  if (kept.size === 0) registerHooks({ resolve: resolveKept, load });
  for (const module of modules) for (const path of [module.path, withoutLinks(module.path)]) kept.set(path, module);
}

const load: LoadHookSync = (url, context, nextLoad) => {
  const module = url.startsWith("file:") ? kept.get(fileURLToPath(url)) : undefined;
  return module === undefined ? nextLoad(url, context) : output(module);
};

const output = ({ format, source }: KeptModule): LoadFnOutput => ({ format, source, shortCircuit: true });

/** A file that is gone is found by nobody else. */
const resolveKept: ResolveHookSync = (specifier, context, nextResolve) => {
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    const path = pathOf(specifier, context.parentURL);
    const found =
      path === undefined
        ? undefined
        : LEFT_OUT.map((end) => kept.get(path + end)).find((module) => module !== undefined);
    if (found === undefined) throw error;
    return { url: pathToFileURL(found.path).href, format: found.format, shortCircuit: true };
  }
};

function pathOf(specifier: string, parent: string | undefined): string | undefined {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  if (specifier.startsWith("/")) return specifier;
  if (!/^\.{1,2}(?:\/|$)/.test(specifier) || parent?.startsWith("file:") !== true) return undefined;
  const [plain = ""] = specifier.split(/[?#]/, 1);
  return resolve(dirname(fileURLToPath(parent)), decodeURI(plain));
}

/** The runtime names a module by the path without links; of a file that is gone its folder may still be there. */
function withoutLinks(path: string): string {
  for (const find of [() => realpathSync(path), () => join(realpathSync(dirname(path)), basename(path))]) {
    try {
      return find();
    } catch {
      // It is gone.
    }
  }
  return path;
}
