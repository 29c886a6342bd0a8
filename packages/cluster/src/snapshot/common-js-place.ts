/** Changes of a module's text that leave all lines where they are, so that no map of them is needed. */
import { dirname } from "node:path";
import type { Edit, ModulePlace } from "./look-at-module.ts";

/** `code` with its edits, which don't overlap. */
export function edited(code: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(code.slice(from, start), text);
    from = end;
  }
  return parts.join("") + code.slice(from);
}

/** The text of a CommonJS module whose `__dirname` and `__filename` are those of its source. */
export function withCommonJsPlace(code: string, { path, literal }: ModulePlace): string {
  const places = { __filename: path, __dirname: dirname(path) };
  const variables = Object.entries(places)
    .filter(([name]) => code.includes(name) && !declares(code, name))
    .map(([name, place]) => `var ${name} = ${literal("path", place, place)};`);
  const [firstLine = ""] = /^#!.*\n/.exec(code) ?? [];
  return variables.length === 0 ? code : `${firstLine}${variables.join(" ")} ${code.slice(firstLine.length)}`;
}

const declares = (code: string, name: string): boolean => new RegExp(`\\b(?:const|let|var)\\s+${name}\\b`).test(code);
