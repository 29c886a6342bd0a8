/**
 * Results are stored as JSON text, and JSON.stringify changes much of what it is given without a
 * word: NaN becomes null, -0 becomes 0, a Map becomes {}. A result that comes back different from
 * what was computed is worse than an error, so everything that would change is refused, by path.
 */

/** What JSON can hold and give back unchanged. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [property: string]: JsonValue };

/** The first place where JSON would change a value: `at` is its path ("$.points[3]"), `found` what is there ("NaN"). */
export type NotJson = { readonly at: string; readonly found: string };

/** Whether JSON gives `value` back as it is. */
export const isJson = (value: unknown): value is JsonValue => findNotJson(value) === undefined;

/** The first thing in `value` that would not come back from JSON as it is, or undefined where all would. */
export const findNotJson = (value: unknown): NotJson | undefined => search(value, "$", []);

const search = (value: unknown, at: string, above: readonly object[]): NotJson | undefined => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? undefined : { at, found: Object.is(value, -0) ? "-0" : String(value) };
    case "object":
      return value === null ? undefined : searchObject(value, at, above);
    case "bigint":
      return { at, found: "a BigInt" };
    case "undefined":
      return { at, found: "undefined" };
    case "function":
    case "symbol":
    default:
      return { at, found: `a ${typeof value}` };
  }
};

const searchObject = (value: object, at: string, above: readonly object[]): NotJson | undefined => {
  if (above.includes(value)) return { at, found: "a reference to an object that contains it" };
  if (Array.isArray(value)) return searchArray(value, at, [...above, value]);
  if (!isPlain(value)) return { at, found: describeInstance(value) };
  if (Object.getOwnPropertySymbols(value).length > 0) return { at, found: "a property named by a symbol" };
  return searchProperties(value, at, [...above, value]);
};

const searchArray = (array: readonly unknown[], at: string, above: readonly object[]): NotJson | undefined => {
  if (Object.getPrototypeOf(array) !== Array.prototype) return { at, found: describeInstance(array) };
  for (let index = 0; index < array.length; index++) {
    const found = search(array[index], `${at}[${index}]`, above);
    if (found) return found;
  }
  return Object.keys(array).length === array.length ? undefined : { at, found: "an array with named properties" };
};

const searchProperties = (value: object, at: string, above: readonly object[]): NotJson | undefined => {
  for (const [property, inner] of Object.entries(value)) {
    const found = search(inner, at + pathStep(property), above);
    if (found) return found;
  }
  return undefined;
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const describeInstance = (value: object): string => {
  const name = value.constructor?.name;
  return name ? `a ${name}` : "an object of a class";
};

/** One step of a path: `.name`, `[3]` or `["odd name"]`. */
export const pathStep = (property: PropertyKey): string => {
  if (typeof property === "number") return `[${property}]`;
  const name = String(property);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
};
