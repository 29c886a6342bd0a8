/** Reads the code of functions, each file once: what it read first is the code of this program, whatever happens to the files later. */
import { fileURLToPath } from "node:url";
import { carriedHashes } from "./carried-hashes.ts";
import {
  type CodeFile,
  importsInText,
  type ParsedFile,
  parseFile,
  readSourceFile,
  type SourceFile,
} from "./code-file.ts";
import { type ModuleFormat, moduleFormat, PackageFiles } from "./module-format.ts";
import { resolveImport } from "./own-module.ts";
import { ReachedCode } from "./reached-code.ts";

/** What is known of a function's code. */
export interface FunctionCode {
  /**
   * SHA-256, in hexadecimal, of all that the function's run reaches: its definition, what is named there, through imports
   * into other files of the user's, and what those files do when they are loaded. Layout, comments, types, names and places
   * of files don't count; installed packages count by name only.
   */
  readonly hash: string;
  /** The files that are loaded for it, the function's module first. */
  readonly files: readonly CodeFile[];
  /** Imports for which no file was found, such as aliases that only a bundler knows: a change there is not seen. */
  readonly notFound: readonly string[];
}

/** A file as it was when it was read first. */
export interface KeptSource {
  /** All of the file. */
  readonly bytes: Buffer;
  /** What Node took it for then; undefined where Node by itself can't load it. */
  readonly format: ModuleFormat | undefined;
}

/** Reads functions' code from source files. */
export class CodeReader {
  readonly #files = new Map<string, SourceFile>();
  readonly #parsed = new Map<string, ParsedFile>();
  readonly #packages = new PackageFiles((path) => this.#read(path));

  /**
   * Reads the module at `moduleUrl` (a `file:` URL), all files of the user's that it may import, as far as their text tells,
   * and the package.json files that say how Node takes them. Nothing is parsed: it takes a tenth of what `functionCode` does.
   * A bundle that carries hashes (`hashesLine`) is one file, whatever its text mentions.
   *
   * @throws what the file system says of a file that can't be read.
   */
  moduleFiles(moduleUrl: string): readonly CodeFile[] {
    const found = new Map<string, SourceFile>();
    const wanted = [fileURLToPath(moduleUrl)];
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      if (found.has(path)) continue;
      const file = this.#read(path);
      found.set(path, file);
      if (carriedHashes(file.bytes) !== undefined) return [{ path: file.path, sha256: file.sha256 }];
      wanted.push(...importsInText(file).flatMap((specifier) => ownFile(specifier, file.path)));
    }
    const packages = [...found.keys()].flatMap((path) => this.#packages.of(path) ?? []);
    return [...new Set([...found.values(), ...packages])].map(({ path, sha256 }) => ({ path, sha256 }));
  }

  /**
   * The code of the function called `name`, which the module at `moduleUrl` (a `file:` URL) defines with its name as a
   * literal; where the name is not found there, all of the module counts. A bundle's own word for it counts (`hashesLine`).
   *
   * @throws what the file system says of a file that can't be read.
   */
  functionCode(moduleUrl: string, name: string): FunctionCode {
    const { path, sha256, bytes } = this.#read(fileURLToPath(moduleUrl));
    const carried = carriedHashes(bytes)?.get(name);
    if (carried !== undefined) return { hash: carried, files: [{ path, sha256 }], notFound: [] };
    const reached = new ReachedCode(path, name, (path) => this.#parse(this.#read(path)));
    return {
      hash: reached.hash(),
      files: reached.files.map(({ path, sha256 }) => ({ path, sha256 })),
      notFound: reached.notFound,
    };
  }

  /**
   * Whether the module at `moduleUrl` (a `file:` URL) is a bundle that carries hashes (`hashesLine`).
   *
   * @throws whatever the file system says of a file that can't be read
   */
  isBundle(moduleUrl: string): boolean {
    return carriedHashes(this.#read(fileURLToPath(moduleUrl)).bytes) !== undefined;
  }

  /** Parses one of the files that were read and not parsed yet, so that `functionCode` need not; false when there is none. */
  parseNext(): boolean {
    for (const file of this.#files.values()) {
      if (this.#parsed.has(file.path) || carriedHashes(file.bytes) !== undefined) continue;
      this.#parse(file);
      return true;
    }
    return false;
  }

  /** A file as it was when it was read first; undefined for a file that was not. */
  source(path: string): KeptSource | undefined {
    const file = this.#files.get(path);
    return file && this.#kept(file);
  }

  /**
   * A file as it was when it was read first, which may be now.
   *
   * @throws whatever the file system says of a file that can't be read
   */
  readSource(path: string): KeptSource {
    return this.#kept(this.#read(path));
  }

  #kept(file: SourceFile): KeptSource {
    return { bytes: file.bytes, format: moduleFormat(file, this.#packages.of(file.path)) };
  }

  #read(path: string): SourceFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = readSourceFile(path);
    this.#files.set(path, file);
    return file;
  }

  #parse(file: SourceFile): ParsedFile {
    const known = this.#parsed.get(file.path);
    if (known !== undefined) return known;
    const parsed = parseFile(file);
    this.#parsed.set(file.path, parsed);
    return parsed;
  }
}

/** What looks like an import may be a part of a text. */
function ownFile(specifier: string, importer: string): readonly string[] {
  try {
    const resolved = resolveImport(specifier, importer);
    return resolved.kind === "own" ? [resolved.path] : [];
  } catch {
    return [];
  }
}
