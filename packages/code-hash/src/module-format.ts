/** How Node takes a file of the user's: by its ending, by the `type` of its package, else by what stands in it. */
import { dirname, extname, join } from "node:path";
import { isCommonJs, type SourceFile } from "./code-file.ts";

/** A format of a module, as Node's hooks name it. */
export type ModuleFormat = "module" | "commonjs" | "module-typescript" | "commonjs-typescript" | "json";

/** What says it by itself. */
const BY_ENDING: Readonly<Record<string, ModuleFormat>> = {
  ".mjs": "module",
  ".cjs": "commonjs",
  ".mts": "module-typescript",
  ".cts": "commonjs-typescript",
  ".json": "json",
};

/** The format of a file whose package is described by `packageFile` (undefined: there is none); undefined where Node by itself can't load it. */
export function moduleFormat(file: SourceFile, packageFile: SourceFile | undefined): ModuleFormat | undefined {
  const ending = extname(file.path);
  if (ending !== ".js" && ending !== ".ts") return BY_ENDING[ending];
  const type = packageFile === undefined ? undefined : packageType(packageFile);
  const kind = type ?? (isCommonJs(file) ? "commonjs" : "module");
  return ending === ".ts" ? `${kind}-typescript` : kind;
}

function packageType({ bytes }: SourceFile): "module" | "commonjs" | undefined {
  try {
    const { type } = JSON.parse(bytes.toString("utf8")) as { readonly type?: unknown };
    return type === "module" || type === "commonjs" ? type : undefined;
  } catch {
    return undefined;
  }
}

/** The package.json of each folder, or of the nearest one above it, as it was when it was looked for first. */
export class PackageFiles {
  readonly #byFolder = new Map<string, SourceFile | undefined>();
  readonly #read: (path: string) => SourceFile;

  constructor(read: (path: string) => SourceFile) {
    this.#read = read;
  }

  /** That of the package which the file at `path` is in. */
  of(path: string): SourceFile | undefined {
    const folder = dirname(path);
    if (this.#byFolder.has(folder)) return this.#byFolder.get(folder);
    const found = this.#tryRead(join(folder, "package.json")) ?? (folder === "/" ? undefined : this.of(folder));
    this.#byFolder.set(folder, found);
    return found;
  }

  #tryRead(path: string): SourceFile | undefined {
    try {
      return this.#read(path);
    } catch {
      return undefined;
    }
  }
}
