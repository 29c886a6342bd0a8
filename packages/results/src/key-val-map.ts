/**
 * A named, typed map in the results database: Hyperion's KeyValMap with schemas in the place of
 * ToJSON and FromJSON. It is a description only and opens nothing, so that a module of remote
 * functions can hold one and still be light to import.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  callable,
  checkOptions,
  checkValue,
  type Rule,
  type Rules,
  standardSchema,
  structured,
  text,
} from "@hyperion-ts/bounds";
import type { JsonValue } from "./json-value.ts";
import { findNotJsonSchema } from "./schema-shows.ts";

/** How values that JSON would change are written and read: `decode(encode(value))` must equal `value`. */
export interface ValueCodec<V> {
  /** The value as JSON. */
  readonly encode: (value: V) => JsonValue;
  /** The value that `encode` made `json` from. */
  readonly decode: (json: JsonValue) => V;
}

/**
 * A codec that writes and reads the JSON text itself, as JSON does (`JSON` is one): for numbers that a double can't hold.
 * What `stringify` gives must be JSON; `parse` gets whatever the row has, with all digits of its numbers.
 */
export interface TextCodec<V> {
  /** The value's JSON text. */
  readonly stringify: (value: V) => string;
  /** The value that `text` is of. */
  readonly parse: (text: string) => V;
}

/**
 * A map from keys `K` to values `V`, known in the database by its name alone.
 * `StoredKey` is what `lookupAll` gives back: a key as its schema parsed it, then read from JSON.
 */
export interface KeyValMap<K, V, StoredKey = K> {
  /** What the map is called in the database, e.g. `"binary_root_search"`: another name is another map. */
  readonly name: string;
  /** Checks keys, and makes of them what is stored. */
  readonly key: StandardSchemaV1<K, StoredKey>;
  /** Checks values, before they are stored and after they are read. */
  readonly value: StandardSchemaV1<V, unknown>;
  /** How values that JSON would change are written and read; undefined: none needs it. */
  readonly codec: ValueCodec<V> | TextCodec<V> | undefined;
}

/** Options of `keyValMap`. */
export interface KeyValMapOptions<V> {
  /**
   * For values that JSON would change: NaN, BigInt, Map or typed arrays by a ValueCodec; integers and ratios in full,
   * also those that Hyperion wrote, by a TextCodec. Default: none. -0 and undefined need none.
   */
  readonly codec?: ValueCodec<V> | TextCodec<V>;
}

/**
 * Describes a map.
 *
 * - `name` identifies the map in the database, also to other programs: two maps of one name share their rows.
 * - `key`: callers give its input; two keys are the same when their *parsed* forms are equal as JSON.
 * - `value`: values are checked by it when they are written and when they are read, and are stored and
 *   returned as they were given (its input side).
 *
 * @example
 * const brackets = keyValMap("binary_root_search", z.object({ n: z.int(), x: z.number() }), z.tuple([z.number(), z.number()]));
 *
 * @throws RangeError when the name is empty, or has half of a surrogate pair, which SQLite would replace
 * @throws TypeError when `key` or `value` is no Standard Schema, the codec lacks one of its functions, or a zod schema shows that a key, or a value
 *   of a map without a codec, may be what JSON would change: a Date, BigInt, NaN, Map, Set, function or symbol
 */
export function keyValMap<KS extends StandardSchemaV1, VS extends StandardSchemaV1>(
  name: string,
  key: KS,
  value: VS,
  options: KeyValMapOptions<StandardSchemaV1.InferInput<VS>> = {},
): KeyValMap<StandardSchemaV1.InferInput<KS>, StandardSchemaV1.InferInput<VS>, StandardSchemaV1.InferOutput<KS>> {
  checkValue("keyValMap", "name", name, text);
  if (name === "")
    throw new RangeError('keyValMap: the name is empty. Give the map a name of its own, such as "binary_root_search".');
  if (!name.isWellFormed())
    throw new RangeError(
      `keyValMap: the name ${JSON.stringify(name)} has half of a surrogate pair, which a database can't hold. Give the map another name.`,
    );
  checkValue(`keyValMap ${JSON.stringify(name)}`, "key", key, standardSchema);
  checkValue(`keyValMap ${JSON.stringify(name)}`, "value", value, standardSchema);
  checkOptions(`keyValMap ${JSON.stringify(name)}`, options, RULES);
  refuseUnwritten(`keyValMap ${JSON.stringify(name)}`, { key, value, codec: options.codec });
  return { name, key, value, codec: options.codec };
}

/** Told before anything is computed. Values are stored as they are given, keys as they are parsed. */
function refuseUnwritten(
  place: string,
  { key, value, codec }: { readonly key: unknown; readonly value: unknown; readonly codec: unknown },
): void {
  const inKey = findNotJsonSchema(key, "output");
  if (inKey)
    throw new TypeError(
      `${place}: a key may have ${inKey.found} at ${inKey.at}, which JSON would change. Let the key schema make a string or a finite number of it, such as z.date().transform((date) => date.toISOString()).`,
    );
  const inValue = codec === undefined ? findNotJsonSchema(value, "input") : undefined;
  if (inValue)
    throw new TypeError(
      `${place}: a value may be ${inValue.found} at ${inValue.at}, which JSON would change. Give the map a codec: keyValMap(name, key, value, { codec: { encode, decode } }).`,
    );
}

/** Whether a codec is of the kind that sees the text. */
export const isTextCodec = <V>(codec: ValueCodec<V> | TextCodec<V>): codec is TextCodec<V> => "parse" in codec;

/** Of the two kinds of codec, the functions of one; `JSON` has others beside them. */
const codec: Rule = (value, name) => {
  structured(value, name);
  const functions =
    typeof value === "object" && value !== null && "parse" in value ? ["stringify", "parse"] : ["encode", "decode"];
  for (const each of functions) callable(Reflect.get(Object(value), each), `${name}.${each}`);
};

const RULES: Rules<KeyValMapOptions<unknown>> = { codec };
