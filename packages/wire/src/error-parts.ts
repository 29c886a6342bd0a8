/**
 * What makes up an error, and an error from its parts. Errors hide most of what matters in properties that are not
 * enumerable, so a copy by fields loses it; this is the one place that knows which those are.
 */

import { types } from "node:util";

/** The classes that come back as themselves. */
export type BuiltInErrorName = keyof typeof BUILT_IN_ERRORS;

/** One level of an error: its causes are still what they were. */
export interface ErrorParts {
  /** The built-in class that comes back: for a class of the user's, the built-in class that it extends. */
  readonly builtIn: BuiltInErrorName;
  /** The error's name; where a class has not set any, the class's name. */
  readonly name: string;
  /** The error's message. */
  readonly message: string;
  /** Its stack as text. */
  readonly stack: string | undefined;
  /** `cause`, `errors` of an AggregateError, `code`, and all own enumerable fields. */
  readonly fields: readonly (readonly [key: string, value: unknown])[];
}

/** True for all errors: of any class, of another realm, and DOMException. */
export const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value);

/** Takes `error` apart. Never throws, also where the error's accessors do. */
export function errorParts(error: Error): ErrorParts {
  const builtIn = builtInOf(error);
  const stack = read(error, "stack");
  return {
    builtIn,
    name: nameOf(error, builtIn),
    message: textOf(read(error, "message")),
    stack: typeof stack === "string" ? stack : undefined,
    fields: fieldKeys(error).map((key) => [key, read(error, key)] as const),
  };
}

/** An error with all but the fields, which may refer to the error itself: put them in with setErrorField. */
export function errorFromParts({ builtIn, name, message, stack }: Omit<ErrorParts, "fields">): Error {
  const error = builtIn === "AggregateError" ? new AggregateError([], message) : new BUILT_IN_ERRORS[builtIn](message);
  if (error.name !== name) define(error, "name", name, false);
  define(error, "stack", stack, false);
  return error;
}

/** Puts a field back: `cause` and an AggregateError's `errors` hidden, as the language has them, all others visible. */
export function setErrorField(error: Error, key: string, value: unknown): void {
  const hidden = key === "cause" || (key === "errors" && error instanceof AggregateError);
  define(error, key, value, !hidden);
}

/** True for the name of a class that comes back as itself. */
export const isBuiltInErrorName = (name: unknown): name is BuiltInErrorName =>
  typeof name === "string" && Object.hasOwn(BUILT_IN_ERRORS, name);

const BUILT_IN_ERRORS = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  Error,
} as const;

function builtInOf(error: Error): BuiltInErrorName {
  for (const [name, Class] of Object.entries(BUILT_IN_ERRORS)) {
    if (error instanceof Class && isBuiltInErrorName(name)) return name;
  }
  return "Error";
}

function nameOf(error: Error, builtIn: BuiltInErrorName): string {
  const name = read(error, "name");
  if (typeof name === "string" && name !== builtIn) return name;
  const constructor = read(error, "constructor");
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : builtIn;
}

function fieldKeys(error: Error): readonly string[] {
  const keys = new Set(Object.keys(error));
  for (const key of ["name", "message", "stack"]) keys.delete(key);
  if (Object.hasOwn(error, "cause")) keys.add("cause");
  if (error instanceof AggregateError) keys.add("errors");
  if ("code" in error) keys.add("code");
  return [...keys];
}

/** The property, or as a text what its accessor threw. */
function read(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch (thrown) {
    return `[unreadable: ${textOf(thrown)}]`;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "[no text]";
  }
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
