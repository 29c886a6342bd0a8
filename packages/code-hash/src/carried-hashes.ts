/**
 * A bundle of a program says of itself which code its functions are. In a bundle everything has another place, other names
 * and other neighbours than in the sources, so the hashes that are read from these would be others; what was computed
 * with the bundle would count as computed with other code.
 */

const MARK = "\n//# hyperion-functions=";
/** Behind the line there may be one for the source map. */
const END = /^(\{.*\})\n(?:\/\/[^\n]*\n?)?$/;

/** The line, from the end of the one before it to its own, that a bundle carries as its last one, or as the last but one before a comment: hashes (as `FunctionCode` has them) by the names of functions. */
export const hashesLine = (hashes: Readonly<Record<string, string>>): string =>
  // These two end a comment, and JSON leaves them as they are.
  `${MARK}${JSON.stringify(hashes).replace(/[\u2028\u2029]/g, (c) => (c === "\u2028" ? "\\u2028" : "\\u2029"))}\n`;

/** The hashes that a bundle carries; undefined for any other file. */
export function carriedHashes(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const at = bytes.lastIndexOf(MARK);
  if (at === -1) return undefined;
  const [, line] = END.exec(bytes.toString("utf8", at + MARK.length)) ?? [];
  return line === undefined ? undefined : parse(line);
}

function parse(line: string): ReadonlyMap<string, string> | undefined {
  try {
    const entries: readonly (readonly [string, unknown])[] = Object.entries(JSON.parse(line) as object);
    return new Map(entries.flatMap(([name, hash]) => (typeof hash === "string" ? [[name, hash]] : [])));
  } catch {
    return undefined;
  }
}
