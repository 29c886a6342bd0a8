/**
 * Anything that was thrown, as plain data, for messages and log files: it can be written as JSON, and read by people.
 * (An error *inside* a value needs none of this: encodeValue takes it as it is, cycles included.)
 */

import { type BuiltInErrorName, errorFromParts, errorParts, isError, setErrorField } from "./error-parts.ts";
import { describeUnsendable } from "./unsendable.ts";
import { writeValueGraph } from "./value-graph-writer.ts";

/** What was thrown: an error, or (since anything can be thrown) any other value. */
export type ErrorData = ThrownError | ThrownValue;

/** An error with its causes. Always encodable; JSON keeps it too, as far as JSON keeps what is in `fields`. */
export interface ThrownError {
  /** Tells it from a value that is no error. */
  readonly kind: "error";
  /** The built-in class that errorFromData makes. */
  readonly builtIn: BuiltInErrorName;
  /** The error's name, e.g. `"RangeError"`, or its class's. */
  readonly name: string;
  /** Its message, without name and stack. */
  readonly message: string;
  /** Its stack as text, where it has one. */
  readonly stack?: string;
  /** What it was caused by. */
  readonly cause?: ErrorData;
  /** The errors of an AggregateError. */
  readonly errors?: readonly ErrorData[];
  /** Own enumerable fields and `code`; a string that describes it stands for each that cannot travel. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Something that was thrown and is no error; a string that describes it where it cannot travel. */
export interface ThrownValue {
  /** Tells it from an error. */
  readonly kind: "value";
  /** What was thrown. */
  readonly value: unknown;
}

/**
 * `thrown` as data. Never throws. A cause that is one of the errors that it is the cause of is cut, and so are causes
 * deeper than 32 levels; a text says so in its place.
 */
export const errorToData = (thrown: unknown): ErrorData => toData(thrown, []);

/**
 * What was thrown, again: an instance of its built-in class, with the stack from where it was thrown. What errorToData
 * could not keep comes back as the string that describes it.
 */
export function errorFromData(data: ErrorData): unknown {
  if (data.kind === "value") return data.value;
  const { builtIn, name, message, stack, cause, errors, fields } = data;
  const error = errorFromParts({ builtIn, name, message, stack });
  for (const [key, value] of Object.entries(fields)) setErrorField(error, key, value);
  if (cause !== undefined) setErrorField(error, "cause", errorFromData(cause));
  if (errors !== undefined) setErrorField(error, "errors", errors.map(errorFromData));
  return error;
}

const MAX_CAUSE_DEPTH = 32;

function toData(thrown: unknown, above: readonly Error[]): ErrorData {
  if (!isError(thrown)) return { kind: "value", value: sendable(thrown) };
  const { name, message, builtIn, stack, fields } = errorParts(thrown);
  if (above.includes(thrown)) return { kind: "value", value: `[circular: ${name}: ${message}]` };
  if (above.length === MAX_CAUSE_DEPTH) return { kind: "value", value: `[deeper causes, from ${name}: ${message}]` };
  const inner = (value: unknown) => toData(value, [...above, thrown]);
  const hidden = new Map(fields.filter(([key]) => isHidden(builtIn, key)));
  const errors = hidden.get("errors");
  return {
    kind: "error",
    builtIn,
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(hidden.has("cause") ? { cause: inner(hidden.get("cause")) } : {}),
    ...(Array.isArray(errors) ? { errors: errors.map(inner) } : {}),
    fields: Object.fromEntries(
      fields.filter(([key]) => !hidden.has(key)).map(([key, value]) => [key, sendable(value)]),
    ),
  };
}

const isHidden = (builtIn: BuiltInErrorName, key: string): boolean =>
  key === "cause" || (key === "errors" && builtIn === "AggregateError");

function sendable(value: unknown): unknown {
  try {
    writeValueGraph(value);
    return value;
  } catch {
    return describeUnsendable(value);
  }
}
