/** A call's input in a few characters, for people. */
import { inspect } from "node:util";
import { decodeValue } from "@hyperion-ts/wire";

/** A larger input is not decoded to be shown. */
const MAX_SHOWN_BYTES = 16 * 1024;
const MAX_INPUT_TEXT = 200;

/** An input as it was encoded, or how many bytes it has where only that is known. Null: it is not known yet. */
export function inputText(encoded: Uint8Array | number): string | null {
  const bytes = typeof encoded === "number" ? encoded : encoded.length;
  if (bytes === 0) return null;
  if (typeof encoded === "number" || bytes > MAX_SHOWN_BYTES) return `${bytes.toLocaleString("en-US")} bytes`;
  return valueText(decodeValue(encoded));
}

/** A value that is not encoded. */
export function valueText(value: unknown): string {
  const text = inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 3,
    maxArrayLength: 10,
    maxStringLength: 60,
  });
  return text.length <= MAX_INPUT_TEXT ? text : `${text.slice(0, MAX_INPUT_TEXT)}...`;
}
