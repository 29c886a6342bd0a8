/** The input of a call in a few characters, to tell it from others of the same job. Pure. */
import { inspect } from "node:util";

/** Of a longer one only the beginning. */
const MAX_LENGTH = 60;
const MAX_WORD = 20;

/**
 * What a person tells calls apart by: the numbers and short texts of an object first, then of what else it has how much.
 *
 * @example
 * callWords({ points: [1, 2, 3], n: 2, eps: 1e-9 }); // "n=2 eps=1e-9 points=[3]"
 */
export function callWords(input: unknown): string {
  const text = isRecord(input) ? fieldsOf(input) : valueOf(input);
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}

function fieldsOf(input: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(input).filter(([, value]) => value !== undefined);
  const isShort = ([, value]: readonly [string, unknown]): boolean => wordOf(value).length <= MAX_WORD;
  const [short, long] = [fields.filter(isShort), fields.filter((field) => !isShort(field))];
  return [
    ...short.map(([name, value]) => `${name}=${wordOf(value)}`),
    ...long.map(([name, value]) => `${name}=${sizeOf(value)}`),
  ].join(" ");
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Without blanks, which part the words. */
const wordOf = (value: unknown): string => valueOf(value).replaceAll(/\s+/g, typeof value === "string" ? "_" : "");

function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  return isRecord(value) ? "{…}" : `${wordOf(value).slice(0, MAX_WORD - 1)}…`;
}

const valueOf = (value: unknown): string => (typeof value === "string" ? value : inspect(value, INSPECTED));

const INSPECTED = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 1,
  maxArrayLength: MAX_WORD,
  maxStringLength: MAX_WORD,
} as const;
