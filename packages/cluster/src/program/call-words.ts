/** The input of a call in a few characters, to tell it from others of the same job. Pure. */
import { inspect } from "node:util";

/** Of a longer one only the beginning. */
const MAX_LENGTH = 60;
const MAX_TEXT = 20;

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
  const short = fields.filter(([, value]) => !isLarge(value));
  const large = fields.filter(([, value]) => isLarge(value));
  return [...short, ...large]
    .map(([name, value]) => `${name}=${isLarge(value) ? sizeOf(value) : valueOf(value)}`)
    .join(" ");
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isLarge = (value: unknown): value is object | string =>
  (typeof value === "object" && value !== null) || (typeof value === "string" && value.length > MAX_TEXT);

function sizeOf(value: object | string): string {
  if (typeof value === "string") return `${value.slice(0, MAX_TEXT - 1)}…`;
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${"length" in value ? value.length : value.byteLength}]`;
  return isRecord(value) ? "{…}" : inspect(value, INSPECTED);
}

const valueOf = (value: unknown): string => (typeof value === "string" ? value : inspect(value, INSPECTED));

const INSPECTED = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 0,
  maxArrayLength: 5,
  maxStringLength: MAX_TEXT,
} as const;
