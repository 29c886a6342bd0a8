/** What rolldown asks about each module of a program, and what was found on the way. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { relative } from "node:path";
import { CodeReader } from "@hyperion-ts/code-hash";
import type { ImportKind, Plugin, PluginContext, RolldownMagicString } from "rolldown";
import { type Edit, lookAtModule, type ModuleLook } from "./look-at-module.ts";
import { commonJsPlace } from "./common-js-place.ts";
import { NativePackages } from "./native-packages.ts";
import { type BundleRequest, type GivenSource, givenSource } from "./bundle-request.ts";
import { exportName, ownExport } from "./own-packages.ts";
import { type Places, runtimeMark } from "./places.ts";

/** A remote function, and the URL of the module that defines it. */
export interface FoundFunction {
  readonly name: string;
  readonly module: string;
}

/** What an import means: another module of the bundle, or something that stays outside; undefined: as rolldown finds it. */
type Meaning = { readonly id: string; readonly external?: boolean; readonly packageJsonPath?: string } | undefined;

/** JSON may mention anything. */
const SCRIPT = /^\/.*\.[cm]?[jt]sx?$/;
/** A package.json by which a module is an ES module. */
const esModulePackage = fileURLToPath(new URL("../../package.json", import.meta.url));
/** The folder with all of these packages: of this repository, or of an installation. */
const ownPackages = fileURLToPath(new URL("../../../", import.meta.url));

export class SnapshotPlugin {
  /** The name of the module that imports all entries. */
  readonly entry = "\0hyperion-snapshot";
  readonly functions: FoundFunction[] = [];
  readonly modules = new Set<string>();
  readonly outside = new Set<string>();
  readonly notices = new Set<string>();
  /** What is imported of these packages: paths of modules, by the names of the files that give it. */
  readonly exports = new Map<string, string>();
  readonly #request: BundleRequest;
  readonly #root: string;
  readonly #places: Places;
  readonly #reader = new CodeReader();
  readonly #native = new NativePackages();
  readonly #these: "inside" | "beside";

  /** `root`: the folder that modules are named from, absolute. `these`: whether these packages are a part of the bundle, or come in files beside it. */
  constructor(request: BundleRequest, root: string, places: Places, these: "inside" | "beside" = "beside") {
    this.#these = these;
    this.#request = request;
    this.#root = root;
    this.#places = places;
  }

  /** Whether a module is of the user's own files. */
  isOwn(id: string): boolean {
    return id === this.entry || (id.startsWith("/") && !id.includes("/node_modules/"));
  }

  async resolve(
    context: PluginContext,
    specifier: string,
    importer: string | undefined,
    kind: ImportKind,
  ): Promise<Meaning> {
    if (specifier === this.entry) return { id: specifier };
    const found = await context.resolve(specifier, importer, { skipSelf: true });
    if (found === null) return this.#notFound(specifier, importer);
    if (found.external !== false || !found.id.startsWith("/")) return undefined;
    if (this.#these === "beside" && this.#isOfThesePackages(specifier, found.id))
      return this.#takeFromBeside(specifier, found.id) ?? this.#leaveOutside(found.id, kind);
    if (this.#native.has(found.id)) return this.#leaveOutside(found.id, kind);
    return this.isOwn(found.id) && this.#isEsModule(found.id)
      ? { id: found.id, packageJsonPath: esModulePackage }
      : undefined;
  }

  load(id: string): string | undefined {
    if (id === this.entry) return this.#request.entries.map((path) => `import ${JSON.stringify(path)};\n`).join("");
    return this.isOwn(id) ? this.#read(id)?.text : undefined;
  }

  /** What a module's text becomes, so that it tells the places of its source. */
  edits(context: PluginContext, code: string, id: string): readonly Edit[] {
    if (!SCRIPT.test(id)) return [];
    const look = this.#look(context, code, id);
    if (look === undefined) return [];
    this.functions.push(...look.functions.map((name) => ({ name, module: pathToFileURL(id).href })));
    if (this.isOwn(id)) this.#note(look, code, id);
    return look.isEsModule ? look.edits : [...look.edits, ...commonJsPlace(code, id, this.#places)];
  }

  loaded(id: string): void {
    if (id !== this.entry && this.isOwn(id)) this.modules.add(id);
  }

  #look(context: PluginContext, code: string, id: string): ModuleLook | undefined {
    try {
      const program = context.parse(code, { lang: languageOf(id) });
      return lookAtModule(program, id, this.#places);
    } catch {
      // Rolldown will say what is wrong with it.
      return undefined;
    }
  }

  #note({ finds, computedImports }: ModuleLook, code: string, id: string): void {
    const at = (position: number): string =>
      `${relative(this.#root, id)}:${code.slice(0, position).split("\n").length}`;
    for (const position of finds)
      this.notices.add(
        `${at(position)} looks for a file beside the source: such files are no part of the snapshot, and jobs find them as they are when they run`,
      );
    for (const position of computedImports)
      this.notices.add(
        `${at(position)} imports a module whose name is computed: it is no part of the snapshot. Import it by a literal name, as in import("./name.ts")`,
      );
  }

  /** It may be optional. Whoever needs it fails when it runs, as without a snapshot. */
  #notFound(specifier: string, importer: string | undefined): Meaning {
    if (importer !== undefined && this.isOwn(importer))
      this.notices.add(
        `${relative(this.#root, importer)} imports "${specifier}", which was not found: it is no part of the snapshot`,
      );
    return { id: specifier, external: true };
  }

  /** Where the program has other packages of these names than what runs its jobs, they are others. */
  #takeFromBeside(specifier: string, path: string): Meaning {
    if (ownExport(specifier) !== path) return undefined;
    this.exports.set(exportName(specifier), path);
    return { id: runtimeMark(exportName(specifier)), external: true };
  }

  #leaveOutside(path: string, kind: ImportKind): Meaning {
    this.outside.add(path);
    return { id: this.#places.outsideMark(path, kind === "require-call" ? "path" : "url"), external: true };
  }

  #isOfThesePackages(specifier: string, path: string): boolean {
    if (specifier.startsWith("@hyperion-ts/")) return true;
    return path.startsWith(ownPackages) && /^[^/]+\/(?:src|dist)\//.test(path.slice(ownPackages.length));
  }

  #isEsModule(path: string): boolean {
    return /^module(?:-typescript)?$/.test(this.#read(path)?.format ?? "");
  }

  #read(path: string): GivenSource | undefined {
    const given = this.#request.sources[path];
    if (given !== undefined) return given;
    try {
      return givenSource(this.#reader.readSource(path));
    } catch {
      return undefined;
    }
  }
}

/** As rolldown takes it. Hooks are asked only for what they have something to say of. */
export const snapshotPlugin = (plugin: SnapshotPlugin, MagicString: typeof RolldownMagicString): Plugin => ({
  name: "hyperion-snapshot",
  resolveId(specifier, importer, { kind }) {
    return plugin.resolve(this, specifier, importer, kind);
  },
  load(id) {
    return plugin.load(id);
  },
  transform: {
    filter: { code: /\bimport\s*\.\s*meta\b|\b__(?:dir|file)name\b|\bimport\s*\(|\bdefine(?:Remote|Job)\b/ },
    handler(code, id) {
      const edits = plugin.edits(this, code, id);
      if (edits.length === 0) return undefined;
      const edited = new MagicString(code);
      for (const { start, end, text } of edits)
        if (start === end) edited.appendLeft(start, text);
        else edited.overwrite(start, end, text);
      return { code: edited };
    },
  },
  moduleParsed({ id }) {
    plugin.loaded(id);
  },
});

/** What imports a script beside it, or one of these packages, is no package with machine code. */
const OF_OTHERS = /^(?!\.{1,2}\/.*\.[cm]?[jt]s$|@hyperion-ts\/|node:)/;

/** The same for these packages themselves, which are as they are on the disk: of each module rolldown asks as little as it can. */
export const ownPackagesPlugin = (plugin: SnapshotPlugin, MagicString: typeof RolldownMagicString): Plugin => {
  const { name, transform } = snapshotPlugin(plugin, MagicString);
  return {
    name,
    resolveId: {
      filter: { id: OF_OTHERS },
      handler(specifier, importer, { kind }) {
        return plugin.resolve(this, specifier, importer, kind);
      },
    },
    ...(transform === undefined ? {} : { transform }),
  };
};

type Language = "ts" | "tsx" | "jsx";

function languageOf(id: string): Language {
  if (/\.[cm]?ts$/.test(id)) return "ts";
  return id.endsWith(".tsx") ? "tsx" : "jsx";
}
