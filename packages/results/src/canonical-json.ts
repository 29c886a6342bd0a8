/**
 * One text for each JSON value: properties sorted, no spaces, numbers as JavaScript prints them (the
 * rules of RFC 8785). It makes equal keys equal text, which SQLite can look up by an index.
 */
import type { JsonValue } from "./json-value.ts";

/** The canonical text of a JSON value. `{ x: 1, n: 2 }` and `{ n: 2, x: 1.0 }` give the same. */
export const canonicalJson = (value: JsonValue): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return isArray(value) ? `[${value.map(canonicalJson).join(",")}]` : canonicalObject(value);
};

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const canonicalObject = (value: { readonly [property: string]: JsonValue }): string => {
  const properties = Object.keys(value).sort();
  return `{${properties.map((property) => `${JSON.stringify(property)}:${canonicalJson(value[property] ?? null)}`).join(",")}}`;
};

/**
 * The canonical text of a key that another program wrote (Hyperion's keys come from aeson, which
 * writes 1.0e-2 for 0.01 and orders properties as they were declared). Undefined where the text is
 * no JSON, or has a number that a double can't hold: such a key equals none of ours.
 */
export const canonicalKeyText = (text: string): string | undefined => {
  let exact = true;
  const checkNumber = (_property: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value === "number" && context?.source !== undefined) exact &&= decimal(context.source) === decimal(String(value));
    return value;
  };
  try {
    const value: JsonValue = JSON.parse(text, checkNumber);
    return exact ? canonicalJson(value) : undefined;
  } catch {
    return undefined;
  }
};

/** A decimal literal without its freedom of form: "1.0e-2", "0.01" and "1e-2" all give "1e-2". */
const decimal = (literal: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === "" ? `${sign}0` : `${sign}${significant}e${power}`;
};
