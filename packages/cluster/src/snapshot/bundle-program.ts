/**
 * A program's modules as one text, made by rolldown. What is done for it beside bundling keeps the meaning that the modules
 * have when Node loads them one by one: what stays outside, whose place `import.meta` tells, and how CommonJS is imported.
 */
import { fileURLToPath } from "node:url";
import { dirname, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { CodeReader } from "@hyperion-ts/code-hash";
import { fill, Places } from "./places.ts";
import { projectFolder } from "./project-folder.ts";
import { type FoundFunction, snapshotPlugin, SnapshotPlugin } from "./snapshot-plugin.ts";
import { messageOf, SnapshotError } from "./snapshot-error.ts";

/** What a program became. */
export interface ProgramBundle {
  readonly code: string;
  /** The source map of `code`, as JSON: its sources are relative URLs. */
  readonly map: string;
  /** The remote functions that are defined in it by a literal name, with the URLs of the modules that do so. */
  readonly functions: readonly FoundFunction[];
  /** All modules of the user's that are in it, as absolute paths. */
  readonly modules: ReadonlySet<string>;
  readonly outside: readonly string[];
  readonly notices: readonly string[];
}

/** What is bundled, for which place. Paths are absolute, without links. */
export interface BundleRequest {
  readonly entries: readonly [string, ...string[]];
  /** Where the bundle will lie. */
  readonly directory: string;
  /** Reads the files: what it has read before is taken as it was then. */
  readonly reader: CodeReader;
  readonly signal: AbortSignal;
}

/**
 * Bundles modules and all that they import.
 *
 * @throws SnapshotError `"snapshot-failed"`; the signal's reason, when nothing of rolldown works any more
 */
export async function bundleProgram({ entries, directory, reader, signal }: BundleRequest): Promise<ProgramBundle> {
  const [first] = entries;
  const root = projectFolder(first);
  const places = new Places(directory);
  const plugin = new SnapshotPlugin({ entries, root, reader, places, signal });
  try {
    const { code, map } = await generate(plugin, root, places);
    signal.throwIfAborted();
    const { functions, modules, outside, notices } = plugin;
    return { code: fill(code), map, functions, modules, outside: [...outside].sort(), notices: [...notices].sort() };
  } catch (error) {
    signal.throwIfAborted();
    const words = stripVTControlCharacters(messageOf(error)).trim();
    throw new SnapshotError(
      "snapshot-failed",
      first,
      `The program can't be put into one file, which Slurm jobs need (${first}): ${words}`,
      { cause: error },
    );
  }
}

async function generate(
  plugin: SnapshotPlugin,
  root: string,
  places: Places,
): Promise<{ readonly code: string; readonly map: string }> {
  const { rolldown, RolldownMagicString } = await import("rolldown");
  const bundle = await rolldown({
    input: plugin.entry,
    cwd: root,
    platform: "node",
    // As Node resolves, which knows no conditions and fields of bundlers.
    resolve: { conditionNames: ["node", "node-addons", "module-sync", ...userConditions()], mainFields: ["main"] },
    // What a module of the user's does when it is loaded is wanted, whatever a package.json says; of others it is as they say.
    treeshake: { moduleSideEffects: (id) => (plugin.isOwn(id) ? true : undefined) },
    plugins: [snapshotPlugin(plugin, RolldownMagicString)],
    // What Node would load, and fail or not, is bundled without a word of it.
    onLog: () => undefined,
  });
  try {
    const { output } = await bundle.generate({
      format: "esm",
      codeSplitting: false,
      // Errors and logs show names of classes and functions.
      minify: false,
      keepNames: true,
      sourcemap: "hidden",
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (source, map) => places.reference(resolve(dirname(map), source)),
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    const [chunk] = output;
    return { code: chunk.code, map: chunk.map?.toString() ?? "" };
  } finally {
    await bundle.close();
  }
}

/** `--conditions` that the program was started with. */
const userConditions = (options: readonly string[] = process.execArgv): readonly string[] =>
  options.flatMap((option, i) => {
    const [, value] = /^(?:--conditions|-C)(?:=(.*))?$/.exec(option) ?? [undefined, undefined];
    if (value !== undefined) return [value];
    return /^(?:--conditions|-C)$/.test(option) ? (options[i + 1] ?? []) : [];
  });

/** The path of a module: a URL of one, or a path that may go through links. */
export const modulePath = (module: string | URL): string =>
  module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
