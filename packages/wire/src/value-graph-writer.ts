/**
 * From a value to its table of nodes. A list of what is still to do takes the place of recursion, so a list of a
 * million links is no deeper than one. The path to a value is worked out only when that value is refused.
 */

import { types } from "node:util";
import { viewBytes, viewName } from "./binary.ts";
import { errorParts, isError } from "./error-parts.ts";
import { describeUnsendable, unsendableKind } from "./unsendable.ts";
import { MINUS_ZERO, NodeTag, type Slot, type ValueGraph } from "./value-graph.ts";
import { pathOf, type PlacedNode } from "./value-path.ts";
import { WireError } from "./wire-error.ts";

/**
 * `value` as a table.
 *
 * @throws WireError `unencodable-value` when something in it cannot travel, with the path to that
 */
export const writeValueGraph = (value: unknown): ValueGraph => new GraphWriter().write(value);

/** A node that is being filled, and the object that it is of. */
type Draft = PlacedNode & { readonly object: object; readonly node: Slot[] };

class GraphWriter {
  readonly #drafts: Draft[] = [];
  readonly #ids = new Map<object, number>();
  readonly #unfilled: Draft[] = [];

  write(value: unknown): ValueGraph {
    const root = this.#slot(value, undefined);
    this.#fillDownTo(0);
    return [root, this.#drafts.map(({ node }) => node)];
  }

  /** The slot for `value`, which will be the next slot of `parent`. */
  #slot(value: unknown, parent: Draft | undefined): Slot {
    if (typeof value === "object") return value === null ? null : this.#reference(value, parent);
    if (typeof value === "number") return Object.is(value, -0) ? MINUS_ZERO : value;
    if (typeof value === "string") return textSlot(value);
    if (typeof value === "boolean" || typeof value === "bigint" || value === undefined) return value;
    return refuse(value, parent);
  }

  #reference(object: object, parent: Draft | undefined): Slot {
    const known = this.#ids.get(object);
    if (known !== undefined) return [known];
    if (!isPlain(object)) {
      if (types.isBoxedPrimitive(object)) return this.#slot(object.valueOf(), parent);
      if (unsendableKind(object) !== undefined) return refuse(object, parent);
    }
    const draft: Draft = { object, node: [], parent, position: parent?.node.length ?? 0 };
    const id = this.#drafts.push(draft) - 1;
    this.#ids.set(object, id);
    this.#unfilled.push(draft);
    return [id];
  }

  #fillDownTo(count: number): void {
    while (this.#unfilled.length > count) {
      const draft = this.#unfilled.pop();
      if (draft !== undefined) this.#fill(draft);
    }
  }

  #fill(draft: Draft): void {
    const { object, node } = draft;
    if (Array.isArray(object)) this.#fillArray(draft, object);
    else if (isPlain(object)) this.#fillRecord(draft);
    else if (types.isMap(object)) this.#fillMap(draft, object);
    else if (types.isSet(object)) this.#fillItems(draft, NodeTag.set, object);
    else if (types.isDate(object)) node.push(NodeTag.date, object.getTime());
    else if (types.isRegExp(object)) node.push(NodeTag.regExp, object.source, object.flags, object.lastIndex);
    else if (ArrayBuffer.isView(object)) node.push(NodeTag.binary, viewName(object), viewBytes(object));
    else if (types.isArrayBuffer(object)) node.push(NodeTag.binary, "ArrayBuffer", new Uint8Array(object));
    else if (isError(object)) this.#fillError(draft, object);
    else this.#fillRecord(draft);
  }

  #fillArray(draft: Draft, array: readonly unknown[]): void {
    if (!hasHoles(array)) return this.#fillItems(draft, NodeTag.array, array);
    const entries = Object.entries(array).map(([key, item]) => [Number(key), item] as const);
    const indexed = entries.filter(([index]) => Number.isInteger(index));
    this.#fillItems(draft, NodeTag.sparseArray, [array.length, ...indexed.flat(1)]);
  }

  #fillRecord(draft: Draft): void {
    const { node } = draft;
    const object = draft.object as Readonly<Record<string, unknown>>;
    node.push(Object.getPrototypeOf(object) === null ? NodeTag.nullObject : NodeTag.object);
    for (const key of Object.keys(object)) {
      node.push(textSlot(key));
      node.push(this.#slot(object[key], draft));
    }
  }

  #fillMap(draft: Draft, map: ReadonlyMap<unknown, unknown>): void {
    const { node } = draft;
    node.push(NodeTag.map);
    for (const [key, value] of map) {
      node.push(this.#slot(key, draft));
      node.push(this.#slot(value, draft));
    }
  }

  #fillItems(draft: Draft, tag: number, items: Iterable<unknown>): void {
    draft.node.push(tag);
    for (const item of items) draft.node.push(this.#slot(item, draft));
  }

  #fillError(draft: Draft, error: Error): void {
    const { builtIn, name, message, stack, fields } = errorParts(error);
    draft.node.push(
      NodeTag.error,
      builtIn,
      textSlot(name),
      textSlot(message),
      stack === undefined ? stack : textSlot(stack),
    );
    for (const [key, value] of fields) {
      draft.node.push(textSlot(key));
      draft.node.push(this.#errorField(value, draft));
    }
  }

  /** An error always arrives: a field that holds something that cannot travel is undone and described instead. */
  #errorField(value: unknown, parent: Draft): Slot {
    const [drafts, unfilled] = [this.#drafts.length, this.#unfilled.length];
    try {
      const slot = this.#slot(value, parent);
      this.#fillDownTo(unfilled);
      return slot;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      for (const { object } of this.#drafts.splice(drafts)) this.#ids.delete(object);
      this.#unfilled.length = unfilled;
      return describeUnsendable(value);
    }
  }
}

/** Most objects are; it spares them a dozen questions about their class. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function hasHoles(array: readonly unknown[]): boolean {
  for (let index = 0; index < array.length; index++) if (!(index in array)) return true;
  return false;
}

/** MessagePack holds strings as UTF-8: no lone surrogates; and its decoder drops a byte order mark at the start. */
const textSlot = (text: string): Slot =>
  text.isWellFormed() && text.charCodeAt(0) !== 0xfeff ? text : Buffer.from(text, "utf16le");

function refuse(value: unknown, parent: Draft | undefined): never {
  const found = `${pathOf(parent)} is ${unsendableKind(value)} and cannot travel to another process`;
  throw new WireError("unencodable-value", `${found}: send plain data, or the name of a remote function, instead.`);
}
