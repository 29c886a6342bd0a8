/** A program's command line, read and checked by the schema of its options. */
import { parseArgs } from "node:util";
import { issueKeys, nearestName, runSchema, showValue } from "@hyperion-ts/bounds";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { OptionType, ProgramOption } from "./program-options.ts";

/** Where a program is to run: here without Slurm; by Slurm, or not at all; or as it finds things. */
export type ProgramPlace = "local" | "slurm" | "found";

/** The command line is wrong: the message says what, and what there is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command line asks for. */
export interface AskedProgram {
  readonly where: ProgramPlace;
  /** undefined: the program's own. */
  readonly dir: string | undefined;
  /** As the schema gives them. */
  readonly options: unknown;
}

/** `help`: nothing is to be run. @throws UsageError */
export async function readCommandLine(
  args: readonly string[],
  own: readonly ProgramOption[],
  schema: StandardSchemaV1 | undefined,
): Promise<AskedProgram | "help"> {
  const { given, others } = tokensOf(args, own);
  if (given.some(({ name }) => name === "help")) return "help";
  const all: string[] = ["local", "slurm", "dir", "help", ...own.flatMap(namesOf)];
  for (const { name } of given) if (!all.includes(name)) throw unknown(name, all);
  if (others[0] !== undefined)
    throw new UsageError(`${showValue(others[0])} is no option: the program takes nothing else`);
  const [isLocal, isSlurm] = ["local", "slurm"].map((where) => given.some(({ name }) => name === where));
  if (isLocal === true && isSlurm === true) throw new UsageError("--local and --slurm exclude each other");
  const dirs = given.filter(({ name }) => name === "dir");
  return {
    where: isLocal === true ? "local" : isSlurm === true ? "slurm" : "found",
    dir: dirs.map(({ value }) => value ?? missingValue("dir")).at(-1),
    options: await checked(valuesOf(own, given), own, schema),
  };
}

/** An option as it stands on the command line. */
interface Given {
  readonly name: string;
  readonly value: string | undefined;
}

interface Tokens {
  readonly given: readonly Given[];
  /** What is no option. */
  readonly others: readonly string[];
}

function tokensOf(args: readonly string[], own: readonly ProgramOption[]): Tokens {
  const withValue = ["dir", ...own.filter(({ type }) => type.kind !== "flag").map(({ name }) => name)];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(withValue.map((name) => [name, { type: "string" } as const])),
    },
  });
  return {
    given: tokens.flatMap((token) => (token.kind === "option" ? [{ name: token.name, value: token.value }] : [])),
    others: tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : [])),
  };
}

const namesOf = ({ name, type }: ProgramOption): readonly string[] =>
  type.kind === "flag" ? [name, `no-${name}`] : [name];

function unknown(name: string, all: readonly string[]): UsageError {
  const nearest = nearestName(name, all);
  return new UsageError(`There is no option --${name}${nearest === undefined ? "" : `. Did you mean --${nearest}?`}`);
}

function valuesOf(own: readonly ProgramOption[], given: readonly Given[]): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { name, value } of given) {
    const option = own.find((each) => namesOf(each).includes(name));
    if (option === undefined) {
      if (value !== undefined && name !== "dir") throw new UsageError(`--${name} takes no value`);
      continue;
    }
    const { field, type, isList } = option;
    const one = type.kind === "flag" ? flagOf(option, name, value) : valueOf(name, value ?? missingValue(name), type);
    const before = values[field];
    values[field] = isList ? [...(Array.isArray(before) ? (before as readonly unknown[]) : []), one] : one;
  }
  return values;
}

function missingValue(name: string): never {
  throw new UsageError(`--${name} needs a value`);
}

function flagOf({ name: positive }: ProgramOption, name: string, value: string | undefined): boolean {
  if (value !== undefined) throw new UsageError(`--${name} takes no value: --${positive} or --no-${positive}`);
  return name === positive;
}

function valueOf(name: string, text: string, type: Exclude<OptionType, { readonly kind: "flag" }>): unknown {
  switch (type.kind) {
    case "number": {
      const number = text.trim() === "" ? NaN : Number(text);
      if (Number.isNaN(number) || (type.whole && !Number.isInteger(number)))
        throw new UsageError(`--${name} has to be a ${type.whole ? "whole " : ""}number, and is ${showValue(text)}`);
      return number;
    }
    case "text":
      return text;
    case "choice": {
      const choice = type.choices.find((each) => String(each) === text);
      if (choice !== undefined) return choice;
      const nearest = nearestName(text, type.choices.map(String));
      const meant = nearest === undefined ? "" : `. Did you mean ${nearest}?`;
      throw new UsageError(`--${name} has to be one of ${type.choices.join(", ")}, and is ${showValue(text)}${meant}`);
    }
    case "json":
      try {
        return JSON.parse(text);
      } catch (cause) {
        throw new UsageError(`--${name} has to be JSON, and is ${showValue(text)}: ${String(cause)}`, { cause });
      }
    default:
      return type satisfies never;
  }
}

async function checked(
  values: Readonly<Record<string, unknown>>,
  own: readonly ProgramOption[],
  schema: StandardSchemaV1 | undefined,
): Promise<unknown> {
  const missing = own.filter(({ isNeeded, field }) => isNeeded && !(field in values));
  if (missing.length > 0) throw new UsageError(`${missing.map(({ name }) => `--${name}`).join(", ")} has to be given`);
  if (schema === undefined) return {};
  const result = await runSchema(schema, values);
  if (result.issues === undefined) return result.value;
  const texts = result.issues.map((issue) => {
    const [key] = issueKeys(issue);
    const option = own.find(({ field }) => field === key);
    if (option === undefined) return issue.message;
    return `--${option.name} ${showValue(values[option.field])}: ${issue.message}`;
  });
  throw new UsageError(texts.join("\n"));
}
