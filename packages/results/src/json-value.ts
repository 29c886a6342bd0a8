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
export const findNotJson = (value: unknown): NotJson | undefined => {
  const problem = search(value, []);
  return problem && below("$", problem);
};

// Paths are put together on the way back up, so that the usual value, which is fine, costs none.
const below = (step: string, { at, found }: NotJson): NotJson => ({ at: step + at, found });

const here = (found: string): NotJson => ({ at: "", found });

const search = (value: unknown, above: readonly object[]): NotJson | undefined => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      if (Object.is(value, -0)) return here("-0");
      return Number.isFinite(value) ? undefined : here(String(value));
    case "object":
      return value === null ? undefined : searchObject(value, above);
    case "bigint":
      return here("a BigInt");
    case "undefined":
      return here("undefined");
    case "function":
    case "symbol":
    default:
      return here(`a ${typeof value}`);
  }
};

const searchObject = (value: object, above: readonly object[]): NotJson | undefined => {
  if (above.includes(value)) return here("a reference to an object that contains it");
  if (Array.isArray(value)) return searchArray(value, [...above, value]);
  if (!isPlain(value)) return here(describeInstance(value));
  if (Object.getOwnPropertySymbols(value).length > 0) return here("an object with a property named by a symbol");
  return searchProperties(value, [...above, value]);
};

const searchArray = (array: readonly unknown[], above: readonly object[]): NotJson | undefined => {
  if (Object.getPrototypeOf(array) !== Array.prototype) return here(describeInstance(array));
  for (let index = 0; index < array.length; index++) {
    const problem = search(array[index], above);
    if (problem) return below(pathStep(index), problem);
  }
  return Object.keys(array).length === array.length ? undefined : here("an array with named properties");
};

const searchProperties = (value: object, above: readonly object[]): NotJson | undefined => {
  for (const [property, inner] of Object.entries(value)) {
    const problem = search(inner, above);
    if (problem) return below(pathStep(property), problem);
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
