/**
 * The top-level statements of a module, as far as is needed to tell which of them a function's run depends on. Names are
 * compared by their text alone, without scopes: a statement may count that need not, never the other way round.
 */
import type { AnyNode, ImportDeclaration, Program } from "acorn";
import { childNodes, meaningOf } from "./syntax.ts";

/** A statement, and what it means for others. */
export interface Statement {
  /** Names that it declares at the top level. */
  readonly declares: readonly string[];
  /** All names that it mentions. */
  readonly mentions: ReadonlySet<string>;
  /** Texts in it: a function's name is one. */
  readonly texts: ReadonlySet<string>;
  /** Modules that it imports by itself: `import("...")`, `require("...")`. */
  readonly loads: readonly string[];
  /** Whether it acts when the module is loaded, instead of declaring something. */
  readonly acts: boolean;
  /** What it says, without layout and comments. */
  readonly meaning: string;
}

/** An import: `imported` is undefined for a namespace. */
export interface Import {
  /** The module, as it is written there. */
  readonly specifier: string;
  /** The name in this module. */
  readonly local: string;
  /** The name in the other one. */
  readonly imported: string | undefined;
}

/** An export by another name than the declaration's, or of another module. `name` is undefined for `export *`. */
export interface Export {
  /** The name for others. */
  readonly name: string | undefined;
  /** The name in the module that has it; undefined: all of them. */
  readonly local: string | undefined;
  /** The other module, as it is written there; undefined: this one. */
  readonly specifier: string | undefined;
}

/** A module's top level. */
export interface TopLevel {
  /** In their order. */
  readonly statements: readonly Statement[];
  /** The statements by the names that they declare. */
  readonly declaring: ReadonlyMap<string, readonly Statement[]>;
  /** The imports by their local names. */
  readonly imports: ReadonlyMap<string, Import>;
  /** Those that no declaration makes. */
  readonly exports: readonly Export[];
  /** All modules that are loaded before this one runs, in their order. */
  readonly specifiers: readonly string[];
}

/** What `program` consists of. A block that runs only in a main program is no part of what a worker runs. */
export function topLevel(program: Program): TopLevel {
  const statements: Statement[] = [];
  const imports = new Map<string, Import>();
  const exports: Export[] = [];
  const specifiers: string[] = [];
  for (const node of program.body) {
    if ("source" in node && typeof node.source?.value === "string") specifiers.push(node.source.value);
    if (node.type === "ImportDeclaration") for (const each of importsOf(node)) imports.set(each.local, each);
    else if (node.type === "ExportAllDeclaration")
      exports.push({
        name: node.exported ? nameOf(node.exported) : undefined,
        local: undefined,
        specifier: String(node.source.value),
      });
    else if (node.type === "ExportNamedDeclaration" && !node.declaration)
      exports.push(
        ...node.specifiers.map(({ local, exported }) => ({
          name: nameOf(exported),
          local: nameOf(local),
          specifier: node.source ? String(node.source.value) : undefined,
        })),
      );
    else if (!isMainOnly(node)) statements.push(statementOf(node));
  }
  return { statements, declaring: byDeclaredName(statements), imports, exports, specifiers };
}

function byDeclaredName(statements: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> {
  const declaring = new Map<string, Statement[]>();
  for (const statement of statements) {
    for (const name of statement.declares) {
      const others = declaring.get(name);
      if (others === undefined) declaring.set(name, [statement]);
      else others.push(statement);
    }
  }
  return declaring;
}

const importsOf = (node: ImportDeclaration): readonly Import[] =>
  node.specifiers.map((each) => ({
    specifier: String(node.source.value),
    local: each.local.name,
    imported: importedName(each),
  }));

function importedName(node: ImportDeclaration["specifiers"][number]): string | undefined {
  if (node.type === "ImportNamespaceSpecifier") return undefined;
  return node.type === "ImportDefaultSpecifier" ? "default" : nameOf(node.imported);
}

const nameOf = (node: { readonly type: string; readonly name?: string; readonly value?: unknown }): string =>
  node.name ?? String(node.value);

/** `if (import.meta.main) ...` or `if (require.main === module) ...`, without an else. */
function isMainOnly(node: AnyNode): boolean {
  if (node.type !== "IfStatement" || node.alternate) return false;
  const condition = meaningOf(node.test);
  return condition === IMPORT_META_MAIN || condition === REQUIRE_MAIN;
}

const member = (object: object, name: string): object => ({
  type: "MemberExpression",
  object,
  property: { type: "Identifier", name },
  computed: false,
  optional: false,
});
const identifier = (name: string): object => ({ type: "Identifier", name });
const IMPORT_META_MAIN = meaningOf(
  member({ type: "MetaProperty", meta: identifier("import"), property: identifier("meta") }, "main"),
);
const REQUIRE_MAIN = meaningOf({
  type: "BinaryExpression",
  left: member(identifier("require"), "main"),
  operator: "===",
  right: identifier("module"),
});

function statementOf(node: AnyNode): Statement {
  const mentions = new Set<string>();
  const texts = new Set<string>();
  const loads: string[] = [];
  const visit = (each: AnyNode): void => {
    if (each.type === "Identifier") mentions.add(each.name);
    if (each.type === "Literal" && typeof each.value === "string") texts.add(each.value);
    if (each.type === "TemplateElement" && typeof each.value.cooked === "string") texts.add(each.value.cooked);
    loads.push(...loadedBy(each));
    const label = labelOf(each);
    for (const child of childNodes(each)) if (child !== label) visit(child);
  };
  visit(node);
  const declares = declaredBy(node);
  const said = node.type === "ExportNamedDeclaration" && node.declaration ? node.declaration : node;
  return { declares, mentions, texts, loads, acts: declares.length === 0, meaning: meaningOf(said) };
}

/** What a node has as the name of a property: it is no variable's. */
function labelOf(node: AnyNode): AnyNode | undefined {
  if (node.type === "MemberExpression" && !node.computed) return node.property;
  if (
    (node.type === "Property" && !node.shorthand) ||
    node.type === "MethodDefinition" ||
    node.type === "PropertyDefinition"
  )
    return node.computed ? undefined : node.key;
  return undefined;
}

function loadedBy(node: AnyNode): readonly string[] {
  if (node.type === "ImportExpression") return textsOf(node.source);
  if (node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "require")
    return node.arguments.slice(0, 1).flatMap(textsOf);
  return [];
}

const textsOf = (node: AnyNode): readonly string[] =>
  node.type === "Literal" && typeof node.value === "string" ? [node.value] : [];

function declaredBy(node: AnyNode): readonly string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => patternNames(id));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id === null ? [] : [node.id.name];
    case "ExportNamedDeclaration":
      return node.declaration ? declaredBy(node.declaration) : [];
    case "ExportDefaultDeclaration":
      return ["default", ...declaredBy(node.declaration)];
    default:
      return [];
  }
}

/** The names in a pattern; those of its default values come along, which does no harm. */
const patternNames = (pattern: AnyNode): readonly string[] =>
  pattern.type === "Identifier" ? [pattern.name] : childNodes(pattern).flatMap(patternNames);
