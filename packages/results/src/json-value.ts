/**
 * Results are stored as JSON text, and JSON.stringify changes much of what it is given without a
 * word: NaN becomes null, a Map becomes {}. A result that comes back different from what was computed
 * is worse than an error, so everything that would change is found, by path.
 *
 * -0 is JSON: JSON.parse reads the text -0 as what it is. Only JSON.stringify can't write it.
 */
import { types } from "node:util";
import { shownPath } from "./json-path.ts";

/** What JSON can hold and give back unchanged. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [property: string]: JsonValue };

/** The first place where JSON would change a value. */
export interface NotJson {
  /** Its path, e.g. `$.points[3]`. */
  readonly at: string;
  /** What is there, e.g. `NaN`. */
  readonly found: string;
}

/** Whether JSON gives `value` back as it is. */
export const isJson = (value: unknown): value is JsonValue => findNotJson(value) === undefined;

/** The first thing in `value` that would not come back from JSON as it is, or undefined where all would. */
export const findNotJson = (value: unknown): NotJson | undefined => new Search().find(value);

/** The same, where undefined may be in it, which has a form of its own (exact-form.ts). */
export const findUnwritten = (value: unknown): NotJson | undefined => new Search({ undefinedToo: true }).find(value);

/** `value`, where JSON gives it back as it is, and whether there is a -0 in it, which JSON.stringify would change. */
export function asJson(value: unknown): { readonly json: JsonValue; readonly negativeZero: boolean } | undefined {
  const search = new Search();
  const isIt = (looked: unknown): looked is JsonValue => search.find(looked) === undefined;
  return isIt(value) ? { json: value, negativeZero: search.negativeZero } : undefined;
}

/** An array or object that the search is in, and how many of its values it has looked at. */
interface Open {
  readonly object: object;
  readonly values: readonly unknown[];
  looked: number;
}

/** It keeps a list of what is open and does not recurse: depth has no limit. Paths are put together for what is found only. */
class Search {
  readonly #open: Open[] = [];
  readonly #above = new Set<object>();
  readonly #undefinedToo: boolean;
  negativeZero = false;

  constructor({ undefinedToo = false } = {}) {
    this.#undefinedToo = undefinedToo;
  }

  find(value: unknown): NotJson | undefined {
    let found = this.#look(value);
    for (let last = this.#open.at(-1); last && found === undefined; last = this.#open.at(-1)) {
      found = last.looked < last.values.length ? this.#look(last.values[last.looked++]) : this.#leave(last);
    }
    return found === undefined ? undefined : { at: shownPath(this.#open.map(stepOf)), found };
  }

  #look(value: unknown): string | undefined {
    if (Object.is(value, -0)) this.negativeZero = true;
    if (value === undefined && this.#undefinedToo) return undefined;
    if (typeof value !== "object" || value === null) return refusedScalar(value);
    const found = this.#above.has(value) ? "a reference to an object that contains it" : refusedClass(value);
    if (found !== undefined) return found;
    this.#above.add(value);
    this.#open.push({ object: value, values: isArray(value) ? value : Object.values(value), looked: 0 });
    return undefined;
  }

  #leave({ object, values }: Open): string | undefined {
    this.#open.pop();
    this.#above.delete(object);
    return isArray(object) && Object.keys(object).length !== values.length
      ? "an array with named properties"
      : undefined;
  }
}

const isArray = (value: object): value is readonly unknown[] => Array.isArray(value);

const stepOf = ({ object, looked }: Open): PropertyKey =>
  isArray(object) ? looked - 1 : (Object.keys(object)[looked - 1] ?? "");

function refusedScalar(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? undefined : String(value);
    case "bigint":
      return "a BigInt";
    case "undefined":
      return "undefined";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      return undefined;
  }
}

/** Whether it is an array or object as literals are, of this realm or another one, and no instance of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return isArray(value) ? isArrayPrototype(prototype) : prototype === null || isObjectPrototype(prototype);
}

function refusedClass(value: object): string | undefined {
  if (!isPlain(value)) return describeInstance(value);
  if (isArray(value)) return undefined;
  return Object.getOwnPropertySymbols(value).length > 0 ? "an object with a property named by a symbol" : undefined;
}

/** This realm's, or that of another one (user code may run under jsdom or in a vm context), which is an array itself. */
const isArrayPrototype = (prototype: unknown): boolean =>
  prototype === Array.prototype || (Array.isArray(prototype) && isObjectPrototype(Object.getPrototypeOf(prototype)));

/** This realm's, or that of another one: nothing is above it, and it has what only this object has of its own. */
const isObjectPrototype = (prototype: unknown): boolean =>
  prototype === Object.prototype ||
  (typeof prototype === "object" &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "isPrototypeOf"));

/** What `value` is, by its class: `a Date`, `an object of a class`. */
export function describeInstance(value: object): string {
  const name = value.constructor?.name;
  return name ? `a ${name}` : "an object of a class";
}

/** Whether what `value` is can't be seen in its properties: a promise, a proxy and the like. */
export const hasNoFields = (value: object): boolean =>
  types.isPromise(value) ||
  types.isProxy(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value) ||
  types.isBoxedPrimitive(value) ||
  types.isGeneratorObject(value) ||
  value instanceof WeakRef;
