/**
 * What a module says of itself and its place. In a snapshot all modules share one `import.meta`, that of the snapshot: right
 * for `defineRemote(import.meta, ...)`, since the snapshot is what workers are to import, and wrong for all else. So each
 * `import.meta.url`, `.dirname` and `.filename` becomes that of the source, where the files are that it is used to find, and
 * `import.meta.main` false, since a snapshot is only imported.
 */
import { dirname } from "node:path";
import { type Places, SNAPSHOT_MARK } from "./places.ts";
import { childNodes, isNode, type TreeNode } from "./tree-node.ts";

/** A part of a module's text, and what it is replaced by. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What was found in a module. Places are positions in its text. */
export interface ModuleLook {
  readonly edits: readonly Edit[];
  /** Whether it is an ES module: it imports or exports something by itself, or asks for `import.meta`. */
  readonly isEsModule: boolean;
  /** Names of the remote functions that are defined here, as far as they are literals. */
  readonly functions: readonly string[];
  /** Where files are looked for beside the source. */
  readonly finds: readonly number[];
  /** Where something is imported whose name is computed. */
  readonly computedImports: readonly number[];
}

/** Verbs whose first argument says what a worker imports. */
const DEFINING = /^(?:defineRemote|defineJob)$/;

/** Looks at the module at `path`, whose syntax tree is `program` (ESTree). */
export function lookAtModule(program: object, path: string, places: Places): ModuleLook {
  const look = new Look(path, places);
  if (isNode(program)) look.visit(program);
  return look;
}

class Look implements ModuleLook {
  readonly edits: Edit[] = [];
  readonly functions: string[] = [];
  readonly finds: number[] = [];
  readonly computedImports: number[] = [];
  isEsModule = false;
  readonly #path: string;
  readonly #places: Places;

  constructor(path: string, places: Places) {
    this.#path = path;
    this.#places = places;
  }

  visit(node: TreeNode): void {
    if (/^(?:ImportDeclaration|Export\w+|MetaProperty)$/.test(node.type)) this.isEsModule = true;
    if (this.#isDone(node)) return;
    const skipped = this.#skipped(node);
    for (const child of childNodes(node)) if (child !== skipped) this.visit(child);
  }

  /** Whether the node was a mention of the module's place, of which nothing is left to visit. */
  #isDone(node: TreeNode): boolean {
    switch (node.type) {
      case "MemberExpression":
        return isImportMeta(node["object"]) && this.#member(node, nameOf(node));
      case "CallExpression":
        return this.#resolves(node);
      case "VariableDeclarator":
        return this.#destructures(node);
      case "ImportExpression":
        if (literalOf(node["source"]) === undefined) this.computedImports.push(node.start);
        return false;
      default:
        return false;
    }
  }

  #member(node: TreeNode, name: string | undefined): boolean {
    this.isEsModule = true;
    const text = name === "main" ? "false" : this.#textOf(name);
    if (text === undefined) return true;
    if (name !== "main") this.finds.push(node.start);
    this.edits.push({ start: node.start, end: node.end, text });
    return true;
  }

  #textOf(name: string | undefined): string | undefined {
    if (name === "url") return this.#places.url(this.#path);
    if (name === "filename") return this.#places.path(this.#path);
    return name === "dirname" ? this.#places.path(dirname(this.#path)) : undefined;
  }

  /** `import.meta.resolve("./data.txt")` */
  #resolves(node: TreeNode): boolean {
    const { callee, arguments: [specifier] = [] } = node as TreeNode & { readonly arguments?: readonly unknown[] };
    const relative = literalOf(specifier);
    if (!isNode(callee) || !isImportMeta(callee["object"]) || nameOf(callee) !== "resolve") return false;
    if (relative === undefined || !/^\.{1,2}\//.test(relative)) return false;
    this.finds.push(node.start);
    this.edits.push({ start: node.start, end: node.end, text: this.#places.url(dirname(this.#path), `/${relative}`) });
    return true;
  }

  /** `const { dirname } = import.meta` */
  #destructures({ id, init }: TreeNode): boolean {
    if (!isNode(id) || id.type !== "ObjectPattern" || !isNode(init) || !isImportMeta(init)) return false;
    const parts = ["url", "filename", "dirname"].map((name) => `${name}: ${this.#textOf(name) ?? ""}`);
    this.finds.push(init.start);
    this.edits.push({
      start: init.start,
      end: init.end,
      text: `({ ${parts.join(", ")}, main: false, resolve: import.meta.resolve })`,
    });
    return true;
  }

  /** What says which module defines a function stays as it is. */
  #skipped(node: TreeNode): unknown {
    if (node.type !== "CallExpression") return undefined;
    const { callee, arguments: [meta, definition] = [] } = node as TreeNode & {
      readonly arguments?: readonly unknown[];
    };
    const isDefining = DEFINING.test((isNode(callee) ? nameOf(callee) : undefined) ?? "");
    if (!isDefining && !isImportMeta(meta)) return undefined;
    const name = nameIn(definition);
    if (name !== undefined) this.functions.push(name);
    if (!isDefining) return undefined;
    if (isNode(meta)) this.#nameSnapshot(meta);
    return meta;
  }

  /** `{ url: __filename }`, as CommonJS has it. */
  #nameSnapshot(meta: TreeNode): void {
    const mentions = meta.type === "Identifier" && meta["name"] === "__filename";
    if (mentions) this.edits.push({ start: meta.start, end: meta.end, text: SNAPSHOT_MARK });
    for (const child of childNodes(meta)) this.#nameSnapshot(child);
  }
}

/** Whether it is `import.meta`, whatever a compiler is told of its type. */
function isImportMeta(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (/^(?:ParenthesizedExpression|TS\w+Expression)$/.test(value.type)) return isImportMeta(value["expression"]);
  return value.type === "MetaProperty" && isNode(value["meta"]) && value["meta"]["name"] === "import";
}

/** The name of an identifier, or of a member. */
function nameOf(node: TreeNode): string | undefined {
  if (node.type === "Identifier") return String(node["name"]);
  const { property } = node;
  if (node.type !== "MemberExpression" || !isNode(property)) return undefined;
  return node["computed"] === true ? literalOf(property) : String(property["name"]);
}

/** A text that is written down. */
function literalOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "Literal" && typeof value["value"] === "string") return value["value"];
  const { expressions, quasis } = value as TreeNode & { readonly expressions?: unknown[]; readonly quasis?: unknown[] };
  if (value.type !== "TemplateLiteral" || expressions?.length !== 0) return undefined;
  const [quasi] = quasis ?? [];
  const text = isNode(quasi) ? quasi["value"] : undefined;
  return typeof text === "object" && text !== null && "cooked" in text ? String(text.cooked) : undefined;
}

/** The literal `name` of a definition. */
function nameIn(definition: unknown): string | undefined {
  if (!isNode(definition) || definition.type !== "ObjectExpression") return undefined;
  const named = childNodes(definition).find(({ key }) => isNode(key) && key["name"] === "name");
  return literalOf(named?.["value"]);
}
