/**
 * What a function's run can reach: starting at the statement that defines it, all top-level statements that are named
 * there, through imports into other files, and whatever those files do when they are loaded. The rest of a file, such as
 * the main program below the functions, may change without a change of the function.
 */
import { createHash } from "node:crypto";
import type { ParsedFile } from "./code-file.ts";
import { resolveImport } from "./own-module.ts";
import type { Import, Statement } from "./top-level.ts";

/** All that a file exports. */
const ALL = Symbol("all");

/** What is still to be looked at: an export that another file takes, or names that a statement mentions, of which some are the file's own. */
type Wanted =
  | { readonly file: Reached; readonly taken: string | typeof ALL }
  | { readonly file: Reached; readonly mentions: Iterable<string> };

/** A file, and what of it is reached. */
interface Reached {
  readonly file: ParsedFile;
  readonly statements: Set<Statement>;
  /** What it takes from others, as text. */
  readonly taken: Set<string>;
  isWhole: boolean;
}

/** Collects the code of one function. `read` gives a file's parts, always the same for the same path. */
export class ReachedCode {
  readonly #read: (path: string) => ParsedFile;
  readonly #files = new Map<string, Reached>();
  readonly #wanted: Wanted[] = [];
  readonly #notFound = new Set<string>();

  /** The code of the remote function `name`, which the module at `path` defines. */
  constructor(path: string, name: string, read: (path: string) => ParsedFile) {
    this.#read = read;
    const root = this.#load(path);
    const defining = root.file.statements?.statements.filter(({ texts }) => texts.has(name)) ?? [];
    if (defining.length === 0) this.#wanted.push({ file: root, taken: ALL });
    for (const statement of defining) this.#include(root, statement);
    for (let next = this.#wanted.pop(); next !== undefined; next = this.#wanted.pop()) this.#look(next);
  }

  /** All files that are loaded for it, each before those that it imports. */
  get files(): readonly ParsedFile[] {
    return [...this.#files.values()].map(({ file }) => file);
  }

  /** Imports that led nowhere: what they stand for is not in the hash. */
  get notFound(): readonly string[] {
    return [...this.#notFound];
  }

  /** SHA-256 of all that is reached, in hexadecimal. The names and places of files don't count. */
  hash(): string {
    const hash = createHash("sha256");
    for (const { file, statements, taken, isWhole } of this.#files.values()) {
      const said = isWhole
        ? [file.sha256]
        : (file.statements?.statements ?? []).filter((each) => statements.has(each)).map(({ meaning }) => meaning);
      for (const text of [...[...taken].sort(), ...said]) hash.update(`${text.length}:${text}`);
    }
    return hash.digest("hex");
  }

  /** A file that is loaded runs its statements that act, and loads what it imports. */
  #load(path: string): Reached {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = this.#read(path);
    const reached: Reached = { file, statements: new Set(), taken: new Set(), isWhole: file.statements === undefined };
    this.#files.set(path, reached);
    for (const specifier of file.statements?.specifiers ?? []) this.#follow(reached, specifier, undefined);
    for (const specifier of file.imports) this.#follow(reached, specifier, ALL);
    for (const statement of file.statements?.statements ?? []) if (statement.acts) this.#include(reached, statement);
    return reached;
  }

  #follow(from: Reached, specifier: string, name: string | typeof ALL | undefined): void {
    const resolved = resolveImport(specifier, from.file.path);
    if (resolved.kind === "not-found") this.#notFound.add(`${specifier} (in ${from.file.path})`);
    if (resolved.kind !== "own") return;
    const file = this.#load(resolved.path);
    if (name !== undefined) this.#wanted.push({ file, taken: name });
  }

  #look(wanted: Wanted): void {
    if ("mentions" in wanted) for (const name of wanted.mentions) this.#mention(wanted.file, name);
    else if (wanted.taken === ALL || !this.#takeExport(wanted.file, wanted.taken)) this.#takeAll(wanted.file);
  }

  #takeAll(reached: Reached): void {
    const { statements = [], exports = [] } = reached.file.statements ?? {};
    for (const statement of statements) this.#include(reached, statement);
    for (const { local, specifier } of exports) {
      if (specifier !== undefined) this.#follow(reached, specifier, local ?? ALL);
      else if (local !== undefined) this.#mention(reached, local);
    }
  }

  /** Whether the file says what `name` is, or where it comes from. */
  #takeExport(reached: Reached, name: string): boolean {
    const exported = (reached.file.statements?.exports ?? []).filter(
      (each) => each.name === name || each.name === undefined,
    );
    for (const { name: as, local, specifier } of exported) {
      if (specifier !== undefined) this.#follow(reached, specifier, as === undefined ? name : (local ?? ALL));
      else if (local !== undefined) this.#mention(reached, local);
    }
    return this.#mention(reached, name) || exported.length > 0;
  }

  /** Whether `name` is declared or imported in the file: what it stands for belongs to the code. */
  #mention(reached: Reached, name: string): boolean {
    const declaring = reached.file.statements?.declaring.get(name) ?? [];
    for (const statement of declaring) this.#include(reached, statement);
    const imported = reached.file.statements?.imports.get(name);
    if (imported !== undefined) this.#takeImport(reached, imported);
    return declaring.length > 0 || imported !== undefined;
  }

  #takeImport(reached: Reached, { specifier, local, imported }: Import): void {
    const isOwn = resolveImport(specifier, reached.file.path).kind === "own";
    const taken = `import ${imported ?? "*"} as ${local} from ${isOwn ? "a file" : specifier}`;
    if (reached.taken.has(taken)) return;
    reached.taken.add(taken);
    this.#follow(reached, specifier, imported ?? ALL);
  }

  /** Names are looked up later: a chain of calls may be longer than the stack is deep. */
  #include(reached: Reached, statement: Statement): void {
    if (reached.statements.has(statement)) return;
    reached.statements.add(statement);
    for (const specifier of statement.loads) this.#follow(reached, specifier, ALL);
    this.#wanted.push({ file: reached, mentions: statement.mentions });
  }
}
