/** Stored rows as text, in each of the formats. Keys and values are JSON as it is stored: numbers have all their digits. Pure. */
import type { ProgramOrigin, StoredRow } from "@hyperion-ts/results";

/** A row to be shown, and where it comes from, if that is wanted. */
export interface ShownRow extends StoredRow {
  readonly origin?: ProgramOrigin | undefined;
}

/** One line of JSON. */
export function rowJson({ key, value, origin }: ShownRow): string {
  if (origin === undefined) return `{"key":${key},"value":${value}}`;
  const { codes, ...program } = origin;
  return `{"key":${key},"value":${value},"origin":${JSON.stringify({ ...program, codes: Object.fromEntries(codes) })}}`;
}

/**
 * As RFC 4180 has it, with a line of headings: a column for each field of the keys, or one for keys that have none, then the value, then
 * where it comes from. What is no text or number is JSON.
 */
export function csvText(rows: readonly ShownRow[]): string {
  const keys = rows.map(({ key }) => fieldsOf(key));
  const names = [...new Set(keys.flatMap((fields) => [...fields.keys()]))];
  const hasOrigin = rows.some(({ origin }) => origin !== undefined);
  const head = [
    ...names.map((name) => (name === "" ? "key" : name)),
    "value",
    ...(hasOrigin ? ["program", "started", "code"] : []),
  ];
  const lines = rows.map(({ value, origin }, at) => [
    ...names.map((name) => cellOf(keys[at]?.get(name))),
    cellOf(value),
    ...(origin === undefined ? [] : [origin.id, origin.startedAt ?? "", codeText(origin)]),
  ]);
  return [head, ...lines].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** The beginnings of the hashes of the functions' code, such as `3fa9c1e`. */
export const codeText = ({ codes }: ProgramOrigin): string =>
  [...new Set(codes.values())].map((hash) => hash.slice(0, 7)).join(" ");

/** The texts of a key's fields; of a key that has none the key itself, by the name "". */
function fieldsOf(key: string): ReadonlyMap<string, string> {
  const value: unknown = JSON.parse(key);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map([["", key]]);
  return new Map(Object.entries(value).map(([name, field]) => [name, JSON.stringify(field)]));
}

const cellOf = (json = ""): string => (json.startsWith('"') ? String(JSON.parse(json)) : json);

const quoted = (cell: string): string => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
