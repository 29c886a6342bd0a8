/**
 * Values that JSON would change, as JSON: the nearest JSON value, and a list of what has to be changed in it, from the
 * outside in, to have the value again. `{ at: new Date(0), x: undefined }` is
 *   {"hyperion-ts":{"changes":[[["at"],"Date"],[["x"],"undefined"]],"json":{"at":"1970-01-01T00:00:00.000Z","x":null}}}
 *
 * so that sqlite3 can still look into it. A row in this form is either a value (only undefined has been changed), or one that
 * was computed and has no form in its map yet (`"kept":true`): its call failed, and the map needs a codec to give it out.
 */
import { types } from "node:util";
import { shownPath } from "./json-path.ts";
import { describeInstance, hasNoFields, isPlain, type JsonValue, type NotJson } from "./json-value.ts";

/** One change: where, and what was there. */
type Change = readonly [path: readonly (string | number)[], kind: string];

/** A value as JSON and changes. */
export interface ExactForm {
  /** The nearest JSON value. */
  readonly json: JsonValue;
  /** What has to be changed in it, from the outside in. */
  readonly changes: readonly Change[];
}

/** What a row in this form has. */
export interface ReadExact {
  /** The value, with all changes made. */
  readonly value: unknown;
  /** Whether only undefined was changed in the value. */
  readonly onlyUndefined: boolean;
  /** Whether the value was kept for a codec. */
  readonly kept: boolean;
}

const MARK = '{"hyperion-ts":{"changes":[';

/**
 * The form of any value; where a part of it has none (a function, a symbol, a promise, a reference to what contains it), that.
 * With `withoutUndefined`, properties that are undefined are left out, as JSON does.
 */
export const exactForm = (value: unknown, { withoutUndefined = false } = {}): ExactForm | NotJson =>
  new ExactWriter(withoutUndefined).write(value);

/** Whether nothing but undefined has to be changed. */
export const isOnlyUndefined = ({ changes }: ExactForm): boolean =>
  changes.every(([, kind]) => kind === "undefined" || kind === "hole");

/** The JSON value that stands for a value with changes. */
export const markedJson = ({ json, changes }: ExactForm, { kept }: { readonly kept: boolean }): JsonValue => ({
  "hyperion-ts": { changes, json, ...(kept ? { kept } : {}) },
});

/** JSON text of a plain value, told apart from one in this form by a space if it has to be. */
export const unmarked = (text: string): string => (text.startsWith(MARK) ? ` ${text}` : text);

/**
 * Reads a text in this form; undefined for all other texts.
 *
 * @throws Error when a later version of this package wrote it in a way that this one does not know
 */
export function readExact(text: string): ReadExact | undefined {
  if (!text.startsWith(MARK)) return undefined;
  const form = asForm(JSON.parse(text));
  if (!form) return undefined;
  const holder = [form.json];
  for (const change of form.changes.toReversed()) revive(holder, change);
  return { value: holder[0], onlyUndefined: isOnlyUndefined(form), kept: form.kept };
}

function asForm(found: {
  readonly "hyperion-ts"?: ExactForm & { readonly kept?: unknown };
}): (ExactForm & { readonly kept: boolean }) | undefined {
  const form = found["hyperion-ts"];
  return form && Array.isArray(form.changes)
    ? { json: form.json, changes: form.changes, kept: form.kept === true }
    : undefined;
}

function revive(holder: object, [path, kind]: Change): void {
  let [parent, step]: [object, string | number] = [holder, 0];
  for (const next of path) [parent, step] = [Object(Reflect.get(parent, step)), next];
  if (kind === "hole") Reflect.deleteProperty(parent, step);
  else Reflect.set(parent, step, revived(kind, Reflect.get(parent, step)));
}

function revived(kind: string, json: unknown): unknown {
  switch (kind) {
    case "undefined":
      return undefined;
    case "number":
      return Number(json);
    case "bigint":
      return BigInt(String(json));
    case "Date":
      return new Date(typeof json === "string" ? json : Number.NaN);
    case "RegExp":
      return regExp(String(json));
    case "Map":
      return new Map(listOf(json).map((entry) => [listOf(entry)[0], listOf(entry)[1]]));
    case "Set":
      return new Set(listOf(json));
    case "fields":
      return json;
    default:
      return fromBytes(kind, Buffer.from(String(json), "base64"));
  }
}

const listOf = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : []);

const regExp = (text: string): RegExp =>
  new RegExp(text.slice(1, text.lastIndexOf("/")), text.slice(text.lastIndexOf("/") + 1));

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

function fromBytes(kind: string, bytes: Buffer): unknown {
  const { buffer } = Uint8Array.from(bytes);
  if (kind === "ArrayBuffer") return buffer;
  const view = Object.entries(VIEWS).find(([name]) => name === kind)?.[1];
  if (!view) throw new Error(`it has a ${kind}, which this version of @hyperion-ts/results does not know`);
  return Reflect.construct(view, [buffer]);
}

/** How one value is written: as a scalar, or by its parts; `kind` where it has to be changed back. */
type Form =
  | { readonly kind?: string; readonly json: JsonValue }
  | { readonly kind?: string; readonly list: readonly unknown[] }
  | { readonly kind?: string; readonly properties: readonly (readonly [string, unknown])[] }
  | { readonly refused: string };

type Steps = { readonly above: Steps; readonly step: string | number } | undefined;
interface ToWrite {
  readonly value: unknown;
  readonly into: object;
  readonly step: string | number;
  readonly steps: Steps;
}

/** It keeps a list of what is to be written and does not recurse: depth has no limit. */
class ExactWriter {
  readonly #withoutUndefined: boolean;
  readonly #changes: Change[] = [];
  readonly #left: (ToWrite | { readonly leave: object })[] = [];
  readonly #above = new Set<unknown>();

  constructor(withoutUndefined: boolean) {
    this.#withoutUndefined = withoutUndefined;
  }

  write(value: unknown): ExactForm | NotJson {
    const holder: JsonValue[] = [];
    this.#left.push({ value, into: holder, step: 0, steps: undefined });
    for (let next = this.#left.pop(); next; next = this.#left.pop()) {
      if ("leave" in next) this.#above.delete(next.leave);
      else {
        const found = this.#writeOne(next);
        if (found !== undefined) return { at: shownPath(pathOf(next.steps)), found };
      }
    }
    return { json: holder[0] ?? null, changes: this.#changes };
  }

  /** Returns what can't be written. */
  #writeOne({ value, into, step, steps }: ToWrite): string | undefined {
    if (this.#above.has(value)) return "a reference to an object that contains it";
    const form = formOf(value);
    if ("refused" in form) return form.refused;
    if (form.kind !== undefined) this.#changes.push([pathOf(steps), form.kind]);
    if ("json" in form) return void Reflect.set(into, step, form.json);
    this.#above.add(value);
    this.#left.push({ leave: Object(value) });
    const [container, parts] =
      "list" in form
        ? ([[], [...form.list.entries()]] as const)
        : ([Object.create(null), this.#propertiesOf(form.properties)] as const);
    Reflect.set(into, step, container);
    for (const [name, part] of parts.toReversed())
      this.#left.push({ value: part, into: container, step: name, steps: { above: steps, step: name } });
    return undefined;
  }

  #propertiesOf(properties: readonly (readonly [string, unknown])[]): readonly (readonly [string, unknown])[] {
    return this.#withoutUndefined ? properties.filter(([, value]) => value !== undefined) : properties;
  }
}

function pathOf(steps: Steps): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let last = steps; last; last = last.above) path.push(last.step);
  return path.toReversed();
}

const HOLE = Symbol("a hole in an array");

function formOf(value: unknown): Form {
  if (value === HOLE) return { kind: "hole", json: null };
  if (value === undefined) return { kind: "undefined", json: null };
  if (value === null || typeof value === "string" || typeof value === "boolean") return { json: value };
  if (typeof value === "number")
    return Number.isFinite(value) ? { json: value } : { kind: "number", json: String(value) };
  if (typeof value === "bigint") return { kind: "bigint", json: String(value) };
  return typeof value === "object" ? objectForm(value) : { refused: `a ${typeof value}` };
}

function objectForm(value: object): Form {
  if (Array.isArray(value)) return arrayForm(value);
  if (types.isDate(value)) return { kind: "Date", json: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (types.isMap(value)) return { kind: "Map", list: [...value] };
  if (types.isSet(value)) return { kind: "Set", list: [...value] };
  if (types.isRegExp(value)) return { kind: "RegExp", json: String(value) };
  if (ArrayBuffer.isView(value))
    return {
      kind: viewKind(value),
      json: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
    };
  if (types.isAnyArrayBuffer(value)) return { kind: "ArrayBuffer", json: Buffer.from(value).toString("base64") };
  if (types.isNativeError(value))
    return {
      kind: "fields",
      properties: [["name", value.name], ["message", value.message], ["stack", value.stack], ...Object.entries(value)],
    };
  if (hasNoFields(value)) return { refused: describeInstance(value) };
  return {
    ...(isPlain(value) && Object.getOwnPropertySymbols(value).length === 0 ? {} : { kind: "fields" }),
    properties: Object.entries(value),
  };
}

function arrayForm(value: readonly unknown[]): Form {
  const list = Array.from(value, (part, index) => (index in value ? part : HOLE));
  if (Object.keys(value).length > list.filter((part) => part !== HOLE).length)
    return { refused: "an array with named properties" };
  return { ...(isPlain(value) ? {} : { kind: "fields" }), list };
}

/** A Buffer is a Uint8Array. */
const viewKind = (view: ArrayBufferView): string => (types.isTypedArray(view) ? view[Symbol.toStringTag] : "DataView");
