/**
 * What a schema shows of the values that it takes, before there is one: a Date, a BigInt, NaN, a Map, a Set, ... somewhere in
 * them would be refused by JSON only after it was computed. Standard Schema says nothing of that; zod 4 does, by the
 * definition that each schema has for other libraries (https://zod.dev/library-authors). Of other libraries nothing is known
 * here, nor behind lazy schemas, custom ones and transformations: what they let through is looked at when it is there.
 */
import { shownPath } from "./json-path.ts";
import type { NotJson } from "./json-value.ts";

/** The side of a schema: what is given to it, or what it makes of that. */
export type SchemaSide = "input" | "output";

/** The first place where a schema shows that values may be something that JSON would change. */
export function findNotJsonSchema(schema: unknown, side: SchemaSide): NotJson | undefined {
  try {
    return search({ schema, steps: [] }, side, new Set());
  } catch {
    return undefined; // it refers to a schema that is not made yet
  }
}

interface Part {
  readonly schema: unknown;
  readonly steps: readonly PropertyKey[];
}

function search({ schema, steps }: Part, side: SchemaSide, seen: Set<unknown>): NotJson | undefined {
  const definition = definitionOf(schema);
  if (!definition || seen.has(schema)) return undefined;
  seen.add(schema);
  const { type, coerce } = definition;
  const found = coerce === true && side === "input" ? undefined : REFUSED_TYPES.get(type);
  if (found !== undefined) return { at: shownPath(steps), found };
  for (const [step, part] of partsOf(definition, side)) {
    const inPart = search({ schema: part, steps: step === undefined ? steps : [...steps, step] }, side, seen);
    if (inPart) return inPart;
  }
  return undefined;
}

const REFUSED_TYPES: ReadonlyMap<unknown, string> = new Map([
  ["date", "a Date"],
  ["bigint", "a BigInt"],
  ["nan", "NaN"],
  ["map", "a Map"],
  ["set", "a Set"],
  ["symbol", "a symbol"],
  ["function", "a function"],
  ["promise", "a promise"],
  ["file", "a File"],
]);

interface Definition {
  readonly type: string;
  readonly [field: string]: unknown;
}

function definitionOf(schema: unknown): Definition | undefined {
  const inner: unknown = field(schema, "_zod");
  const definition = field(inner, "def");
  return isDefinition(definition) ? definition : undefined;
}

const isDefinition = (value: unknown): value is Definition => typeof field(value, "type") === "string";

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

type PartOf = readonly [step: PropertyKey | undefined, schema: unknown];

function partsOf(definition: Definition, side: SchemaSide): readonly PartOf[] {
  switch (definition.type) {
    case "object":
      return [...Object.entries(Object(definition["shape"])), ["*", definition["catchall"]]];
    case "array":
      return [["*", definition["element"]]];
    case "tuple":
      return [...listOf(definition["items"]).entries(), ["*", definition["rest"]]];
    case "record":
      return [["*", definition["valueType"]]];
    case "union":
      return listOf(definition["options"]).map((option) => [undefined, option]);
    case "intersection":
      return [
        [undefined, definition["left"]],
        [undefined, definition["right"]],
      ];
    case "pipe":
      return [[undefined, definition[side === "input" ? "in" : "out"]]];
    case "catch":
      return side === "input" ? [] : [[undefined, definition["innerType"]]];
    case "lazy":
      return [];
    default:
      return [[undefined, definition["innerType"]]];
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
