/**
 * A program's modules as one text, made by rolldown. What is done for it beside bundling keeps the meaning that the modules
 * have when Node loads them one by one: what stays outside, whose place `import.meta` tells, and how CommonJS is imported.
 */
import { dirname, join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { rolldown, RolldownMagicString } from "rolldown";
import type { BundleRequest } from "./bundle-request.ts";
import { bundleRuntime, OUTPUT, resolveAsNode } from "./bundle-runtime.ts";
import { ownModule } from "./own-packages.ts";
import { fill, Places } from "./places.ts";
import { projectFolder } from "./project-folder.ts";
import type { RuntimeFolder } from "./runtime-folder.ts";
import { type FoundFunction, ownPackagesPlugin, snapshotPlugin, SnapshotPlugin } from "./snapshot-plugin.ts";
import { messageOf } from "./snapshot-error.ts";

/** What a program became. */
export interface ProgramBundle {
  readonly code: string;
  /** The source map of `code`, as JSON: its sources are relative URLs. */
  readonly map: string;
  /** The remote functions that are defined in it by a literal name, with the URLs of the modules that do so. */
  readonly functions: readonly FoundFunction[];
  /** All modules of the user's that are in it, as absolute paths. */
  readonly modules: readonly string[];
  /** What runs it, and what it imports of these packages. */
  readonly runtime: RuntimeFolder;
  readonly outside: readonly string[];
  readonly notices: readonly string[];
}

/** A bundle, or why there is none: the bundler's words, with files and lines. */
export type BundleAnswer =
  | { readonly kind: "bundle"; readonly bundle: ProgramBundle }
  | { readonly kind: "failed"; readonly words: string };

/** Bundles modules and all that they import. Never rejects. */
export async function bundleProgram(request: BundleRequest): Promise<BundleAnswer> {
  const root = projectFolder(request.entries[0]);
  const places = new Places(request.directory);
  const plugin = new SnapshotPlugin(request, root, places);
  try {
    const { code, map } = await generate(plugin, root, places, request.conditions);
    const { functions, modules, outside, notices } = plugin;
    const runtime = await runtimeOf(request, plugin);
    const found = { functions, modules: [...modules], outside: [...outside].sort(), notices: [...notices].sort() };
    return { kind: "bundle", bundle: { code: fill(code, runtime.name), map, runtime, ...found } };
  } catch (error) {
    return { kind: "failed", words: stripVTControlCharacters(messageOf(error)).trim() };
  }
}

/** These packages are bundled as they are on the disk, like all that is installed. */
async function runtimeOf(
  { entries, directory, conditions }: BundleRequest,
  plugin: SnapshotPlugin,
): Promise<RuntimeFolder> {
  const root = dirname(dirname(dirname(ownModule("job", "index"))));
  const request = { entries, directory: join(directory, "hyperion"), sources: {}, conditions };
  const own = new SnapshotPlugin(request, root, new Places(request.directory), "inside");
  return await bundleRuntime({
    root,
    exports: plugin.exports,
    conditions,
    plugin: ownPackagesPlugin(own, RolldownMagicString),
  });
}

async function generate(
  plugin: SnapshotPlugin,
  root: string,
  places: Places,
  conditions: readonly string[],
): Promise<{ readonly code: string; readonly map: string }> {
  const bundle = await rolldown({
    input: plugin.entry,
    cwd: root,
    platform: "node",
    resolve: resolveAsNode(conditions),
    // What a module of the user's does when it is loaded is wanted, whatever a package.json says; of others it is as they say.
    treeshake: { moduleSideEffects: (id) => (plugin.isOwn(id) ? true : undefined) },
    plugins: [snapshotPlugin(plugin, RolldownMagicString)],
    // What Node would load, and fail or not, is bundled without a word of it.
    onLog: () => undefined,
  });
  try {
    const { output } = await bundle.generate({
      ...OUTPUT,
      codeSplitting: false,
      sourcemap: "hidden",
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (source, map) => places.reference(resolve(dirname(map), source)),
    });
    const [chunk] = output;
    return { code: chunk.code, map: chunk.map?.toString() ?? "" };
  } finally {
    await bundle.close();
  }
}
