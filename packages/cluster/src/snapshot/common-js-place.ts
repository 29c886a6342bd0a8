/** A CommonJS module's `__dirname` and `__filename`. */
import { dirname } from "node:path";
import type { Edit } from "./look-at-module.ts";
import type { Places } from "./places.ts";

/** What makes them those of the source, in the module at `path` of the text `code`. No line moves. */
export function commonJsPlace(code: string, path: string, saying: Places): readonly Edit[] {
  const places = { __filename: path, __dirname: dirname(path) };
  const variables = Object.entries(places)
    .filter(([name]) => code.includes(name) && !declares(code, name))
    .map(([name, place]) => `var ${name} = ${saying.pathMark(place)};`);
  const [{ length: start }] = /^(?:#!.*\n)?/.exec(code) ?? [""];
  return variables.length === 0 ? [] : [{ start, end: start, text: `${variables.join(" ")} ` }];
}

const declares = (code: string, name: string): boolean => new RegExp(`\\b(?:const|let|var)\\s+${name}\\b`).test(code);
