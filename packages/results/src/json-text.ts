/**
 * JSON text, without recursion: JSON.stringify runs out of stack at some 4,000 levels (2,000 in a worker thread), JSON.parse
 * never does.
 */
import type { JsonValue } from "./json-value.ts";

/** What JSON.stringify prints, for any depth, and with -0 as it is. `namesOf` says which properties an object has, in which order. */
export function writeJson(value: JsonValue, namesOf: (object: object) => readonly string[] = Object.keys): string {
  const open: Open[] = [];
  let text = "";
  const begin = (inner: JsonValue): void => {
    if (inner === null || typeof inner !== "object")
      return void (text += Object.is(inner, -0) ? "-0" : JSON.stringify(inner));
    const container = isArray(inner) ? openArray(inner) : openObject(inner, namesOf(inner));
    text += container.names ? "{" : "[";
    open.push(container);
  };
  begin(value);
  for (let last = open.at(-1); last; last = open.at(-1)) {
    const { names, values, next } = last;
    if (next === values.length) {
      text += names ? "}" : "]";
      open.pop();
      continue;
    }
    if (next > 0) text += ",";
    if (names) text += `${JSON.stringify(names[next])}:`;
    last.next += 1;
    begin(values[next] ?? null);
  }
  return text;
}

/** An array (`names` is undefined) or object of which the first `next` values are written. */
interface Open {
  readonly names: readonly string[] | undefined;
  readonly values: readonly JsonValue[];
  next: number;
}

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const openArray = (values: readonly JsonValue[]): Open => ({ names: undefined, values, next: 0 });

const openObject = (object: { readonly [property: string]: JsonValue }, names: readonly string[]): Open => ({
  names,
  values: names.map((name) => object[name] ?? null),
  next: 0,
});
