/** Values on their way back from the text of a row, checked by the map's schema. */
import { parseJson } from "./json-loss.ts";
import { readExact, type ReadExact } from "./exact-form.ts";
import { findUnwritten, type JsonValue, type NotJson } from "./json-value.ts";
import { shownKey } from "./key-text.ts";
import { isTextCodec, type KeyValMap } from "./key-val-map.ts";
import { messageOf } from "./message-of.ts";
import { ResultsError } from "./results-error.ts";
import { checkSchema } from "./schema-check.ts";

type ValuesOf<V> = Pick<KeyValMap<unknown, V, unknown>, "name" | "value" | "codec">;

/**
 * The value that a row holds.
 *
 * @throws ResultsError `unreadable` when the row no longer fits the map, or would change: a value that the program would
 *   not accept today is neither returned nor silently computed anew
 */
export function valueFromText<V>(map: ValuesOf<V>, key: string, text: string): V | Promise<V> {
  const value = readValue(map, key, text);
  const checked = checkSchema(map.value, value);
  if (checked instanceof Promise)
    return checked.then((later) => (later.ok ? value : unfit(map.name, key, later.issue, later.cause)));
  return checked.ok ? value : unfit(map.name, key, checked.issue, checked.cause);
}

/** Whether a row only keeps what was computed, for a map with a codec, which this one is not. */
export function isKept<V>({ codec }: ValuesOf<V>, text: string): boolean {
  const exact = codec === undefined ? readExact(text) : undefined;
  return exact !== undefined && exact.kept && !exact.onlyUndefined;
}

function readValue<V>(map: ValuesOf<V>, key: string, text: string): V {
  const { codec, name } = map;
  const attempt = <A>(read: () => A): A => {
    try {
      return read();
    } catch (cause) {
      return unfit(name, key, messageOf(cause), cause);
    }
  };
  const exact = attempt(() => readExact(text));
  if (exact && !exact.kept && codec && !isTextCodec(codec))
    return attempt(() => codec.decode(exact.value as JsonValue));
  if (exact) return exactValue(map, key, exact);
  if (codec && isTextCodec(codec)) return attempt(() => codec.parse(text));
  const { json, loss } = attempt(() => parseJson(text));
  if (loss) return changed(name, key, loss);
  // Without a codec what was stored is a V as it is; the schema confirms that right after.
  return codec ? attempt(() => codec.decode(json)) : (json as V);
}

/** The schema confirms right after that it is a V. */
function exactValue<V>({ name, codec }: ValuesOf<V>, key: string, { value, onlyUndefined, kept }: ReadExact): V {
  if (!kept || codec || onlyUndefined) return value as V;
  const problem = findUnwritten(value);
  throw new ResultsError({
    code: "not-json",
    what: `The value for key ${shownKey(key)} of map "${name}" has been computed, and would not come back from JSON as it is: ${problem?.at ?? "a part of it"} is ${problem?.found ?? "of a class"}`,
    advice:
      "It is kept, and is read when the map has a codec: keyValMap(name, key, value, { codec: { encode, decode } })",
  });
}

function unfit(name: string, key: string, issue: string, cause: unknown): never {
  throw new ResultsError({
    code: "unreadable",
    what: `The stored value for key ${shownKey(key)} of map "${name}" no longer fits: ${issue}`,
    advice: `Widen the value schema so that it takes old rows too, or give the map a new name (such as "${name}_2") to start afresh; insert(map, key, value) replaces this one row, forget(map, where) removes it`,
    cause,
  });
}

function changed(name: string, key: string, { at, found }: NotJson): never {
  throw new ResultsError({
    code: "unreadable",
    what: `The stored value for key ${shownKey(key)} of map "${name}" would change when it is read: ${at} is ${found}`,
    advice:
      'Read it by a codec that gets the text: keyValMap(name, key, value, { codec: { stringify, parse } }), see "Numbers in full" in the README of @hyperion-ts/results; insert(map, key, value) replaces this one row',
  });
}
