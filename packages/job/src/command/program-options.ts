/** The options of a program, out of the schema of them: by its JSON Schema, which shows fields, defaults and descriptions. Pure. */
import { showValue } from "@hyperion-ts/bounds";
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** What a text on the command line becomes. */
export type OptionType =
  | { readonly kind: "number"; readonly whole: boolean }
  | { readonly kind: "text" }
  /** `--fast` and `--no-fast`, without a value. */
  | { readonly kind: "flag" }
  /** One of these, each as its JSON. */
  | { readonly kind: "choice"; readonly choices: readonly (string | number | boolean | null)[] }
  | { readonly kind: "json" };

/** One option. */
export interface ProgramOption {
  /** Its field in the schema: `"maxPoints"`. */
  readonly field: string;
  /** Without the dashes: `"max-points"`. */
  readonly name: string;
  readonly type: OptionType;
  /** Whether it may be given again, for a list. */
  readonly isList: boolean;
  /** Whether it has to be given. */
  readonly isNeeded: boolean;
  /** What it is when it is not given; undefined: nothing. */
  readonly byDefault: unknown;
  readonly description: string;
}

/** What all programs have. */
const OF_ALL: ReadonlySet<string> = new Set(["local", "slurm", "dir", "help"]);

/** @throws TypeError where the schema is not one of an object, or can't be shown as JSON Schema, or has an option that all programs have */
export function programOptions(schema: StandardSchemaV1 | undefined): readonly ProgramOption[] {
  if (schema === undefined) return [];
  const { type, properties, required } = jsonSchemaOf(schema);
  if (type !== "object") throw new TypeError("program: options must be the schema of an object");
  const needed: unknown = required;
  const options = Object.entries(record(properties)).map(([field, shown]) =>
    optionOf(field, record(shown), Array.isArray(needed) && needed.includes(field)),
  );
  const taken = options.find(({ name }) => OF_ALL.has(name));
  if (taken !== undefined)
    throw new TypeError(
      `program: options: all programs have --${taken.name}, so the field ${taken.field} needs another name`,
    );
  return options;
}

function jsonSchemaOf(schema: StandardSchemaV1): Readonly<Record<string, unknown>> {
  const { jsonSchema } = schema["~standard"] as { readonly jsonSchema?: { readonly input?: unknown } };
  if (typeof jsonSchema?.input !== "function")
    throw new TypeError(
      `program: options: a schema of ${showValue(schema["~standard"].vendor)} as this one can't be shown as JSON Schema (https://standardschema.dev/json-schema). zod does so from 4.2 on`,
    );
  try {
    return record(jsonSchema.input({ target: "draft-2020-12" }));
  } catch (cause) {
    throw new TypeError(`program: options: the schema can't be shown as JSON Schema: ${String(cause)}`, { cause });
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function optionOf(field: string, shown: Readonly<Record<string, unknown>>, isNeeded: boolean): ProgramOption {
  const part = withoutNull(shown);
  const isList = part["type"] === "array";
  const type = typeOf(isList ? withoutNull(record(part["items"])) : part);
  const { description } = shown;
  return {
    field,
    name: field.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-"),
    // A list of flags has values.
    type: isList && type.kind === "flag" ? { kind: "choice", choices: [true, false] } : type,
    isList,
    isNeeded,
    byDefault: shown["default"],
    description: typeof description === "string" ? description : "",
  };
}

/** Nobody types null: what may be null or something else is the other thing. */
function withoutNull(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { type, anyOf } = part;
  if (Array.isArray(type)) {
    const others = type.filter((each) => each !== "null");
    return { ...part, type: others.length === 1 ? others[0] : others };
  }
  if (!Array.isArray(anyOf)) return part;
  const others = anyOf.map(record).filter((each) => each["type"] !== "null");
  return others.length === 1 && others[0] !== undefined ? others[0] : part;
}

function typeOf(part: Readonly<Record<string, unknown>>): OptionType {
  const choices = "const" in part ? [part["const"]] : part["enum"];
  if (Array.isArray(choices) && choices.every(isSimple)) return { kind: "choice", choices };
  switch (part["type"]) {
    case "number":
    case "integer":
      return { kind: "number", whole: part["type"] === "integer" };
    case "string":
      return { kind: "text" };
    case "boolean":
      return { kind: "flag" };
    default:
      return { kind: "json" };
  }
}

const isSimple = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
