/**
 * What values may be. A rule says what it allows in the error that it throws: a TypeError where the value is of another
 * type, a RangeError where it is of the type but beyond the bounds.
 */
import { nearestName } from "./nearest-name.ts";
import { showValue } from "./show-value.ts";

/**
 * Says what a value may be. `name` is how the error calls it, such as `"runJobLocal: cpus"`.
 *
 * @throws TypeError when `value` is of another type; RangeError when it is beyond the bounds
 */
export type Rule = (value: unknown, name: string) => void;

/** A rule for each option of `O`: the compiler misses none. */
export type Rules<O extends object> = { readonly [K in keyof Required<O>]: Rule };

/** A whole number from `least` to `most`; `unit` says what is counted, such as "bytes". */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER, unit = ""): Rule {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const allowed = `a whole number ${unit === "" ? "" : `of ${unit} `}${bounds}`;
  return (value, name) => {
    if (typeof value !== "number") throw otherType(value, name, allowed);
    if (!Number.isSafeInteger(value) || value < least || value > most) throw beyond(value, name, allowed);
  };
}

/** Any number but NaN and the infinities. */
export function finite(value: unknown, name: string): void {
  if (typeof value !== "number") throw otherType(value, name, "a finite number");
  if (!Number.isFinite(value)) throw beyond(value, name, "a finite number");
}

/** Which times are allowed. */
export interface DurationBounds {
  /** Whether 0 is. Default false. */
  readonly zero?: boolean;
  /** Whether Infinity, for no limit, is. Default true. */
  readonly unlimited?: boolean;
}

/** A time in milliseconds, also a fraction of one. */
export function duration({ zero = false, unlimited = true }: DurationBounds = {}): Rule {
  const allowed = `a time in milliseconds ${zero ? "of 0 or more" : "above 0"}${unlimited ? " (Infinity: no limit)" : ", not without an end"}`;
  return (value, name) => {
    if (typeof value !== "number") throw otherType(value, name, allowed);
    if (!(zero ? value >= 0 : value > 0) || (value === Infinity && !unlimited)) throw beyond(value, name, allowed);
  };
}

/** `true` or `false`. */
export function flag(value: unknown, name: string): void {
  if (typeof value !== "boolean") throw otherType(value, name, "true or false");
}

/** Any text. */
export function text(value: unknown, name: string): void {
  if (typeof value !== "string") throw otherType(value, name, "a text");
}

/** A text of a character at least, without NUL, which neither a path nor an argument can hold. */
export function nonEmpty(value: unknown, name: string): void {
  if (typeof value !== "string") throw otherType(value, name, "a text that is not empty");
  if (value === "" || value.includes("\0"))
    throw beyond(value, name, "a text that is not empty and has no NUL character");
}

/** One of a few texts. */
export function oneOf(...choices: readonly string[]): Rule {
  const allowed = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  return (value, name) => {
    if (typeof value !== "string") throw otherType(value, name, allowed);
    if (choices.includes(value)) return;
    const nearest = nearestName(value, choices);
    throw new RangeError(
      `${name} must be ${allowed}, not ${showValue(value)}${nearest === undefined ? "" : `. Did you mean ${JSON.stringify(nearest)}?`}`,
    );
  };
}

/** A function. */
export function callable(value: unknown, name: string): void {
  if (typeof value !== "function") throw otherType(value, name, "a function");
}

/** An AbortSignal, also of another realm. */
export function aborter(value: unknown, name: string): void {
  const isSignal = typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
  if (!isSignal) throw otherType(value, name, "an AbortSignal");
}

/** Any object: what is in it is its owner's to check. */
export function structured(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null) throw otherType(value, name, "an object");
}

/** null, or what `rule` allows. */
export const nullOr =
  (rule: Rule): Rule =>
  (value, name) => {
    if (value !== null) rule(value, name);
  };

/** Infinity, for no limit, or what `rule` allows. */
export const unlimited =
  (rule: Rule): Rule =>
  (value, name) => {
    if (value !== Infinity) rule(value, name);
  };

/** A Standard Schema of zod, valibot, arktype and others: https://standardschema.dev. */
export function standardSchema(value: unknown, name: string): void {
  const isSchema =
    ((typeof value === "object" && value !== null) || typeof value === "function") && "~standard" in value;
  const standard: unknown = isSchema ? value["~standard"] : undefined;
  if (
    typeof standard === "object" &&
    standard !== null &&
    "validate" in standard &&
    typeof standard.validate === "function"
  )
    return;
  throw otherType(value, name, "a Standard Schema (of zod, valibot, arktype, ...: https://standardschema.dev)");
}

/** Anything. */
export const anything: Rule = () => undefined;

/** An array of what `rule` allows. */
export const listOf =
  (rule: Rule): Rule =>
  (value, name) => {
    if (!Array.isArray(value)) throw otherType(value, name, "an array");
    for (const [i, each] of value.entries()) rule(each, `${name}[${i}]`);
  };

/** An object that has no other properties than `rules`; what is undefined counts as left out. */
export const fields =
  <O extends object>(rules: Rules<O>): Rule =>
  (value, name) => {
    if (typeof value !== "object" || value === null) throw otherType(value, name, "an object");
    checkFields(value, rules, name, (field) => `${name}.${field}`);
  };

/** Checks each property of `value` by the rule of its name. */
export function checkFields<O extends object>(
  value: object,
  rules: Rules<O>,
  owner: string,
  nameOf: (field: string) => string,
): void {
  const known = new Map<string, Rule>(Object.entries(rules));
  for (const [field, each] of Object.entries(value)) {
    const rule = known.get(field);
    if (rule === undefined) throw unknownName(owner, field, [...known.keys()]);
    if (each !== undefined) rule(each, nameOf(field));
  }
}

function unknownName(owner: string, field: string, known: readonly string[]): TypeError {
  const nearest = nearestName(field, known);
  return new TypeError(
    `${owner} has no option ${JSON.stringify(field)}. ${nearest === undefined ? `There are ${known.join(", ")}` : `Did you mean ${nearest}?`}`,
  );
}

const otherType = (value: unknown, name: string, allowed: string): TypeError =>
  new TypeError(`${name} must be ${allowed}, not ${showValue(value)}`);
const beyond = (value: unknown, name: string, allowed: string): RangeError =>
  new RangeError(`${name} must be ${allowed}, not ${showValue(value)}`);
