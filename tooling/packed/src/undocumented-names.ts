/**
 * Which exported names of a package have no doc comment where they are declared: what an editor shows,
 * and so what counts, is in the declaration files.
 *
 * Our index files are hand-written lists of `export { ... } from`, and the compiler writes declarations in one
 * form, so text is enough to follow them. What is not understood counts as undocumented, never as fine.
 */
import { posix } from "node:path";

/** Files of a package: text by path, such as `dist/index.d.ts`. */
export type PackageFiles = ReadonlyMap<string, string>;

/** The names that `entry` exports without a doc comment. Names of other packages are those packages' to explain. */
export const undocumentedNames = (files: PackageFiles, entry: string): readonly string[] =>
  exportLists(files.get(entry) ?? "").flatMap(({ from, names }) => {
    if (!from.startsWith(".")) return [];
    const file = posix.join(posix.dirname(entry), from.replace(/\.[jt]s$/, ".d.ts"));
    return names.filter((name) => !isDocumented(files.get(file) ?? "", name));
  });

/** The names that `entry` exports of its own: a check that found none has not looked. */
export const ownNames = (files: PackageFiles, entry: string): readonly string[] =>
  exportLists(files.get(entry) ?? "").flatMap(({ from, names }) => (from.startsWith(".") ? names : []));

interface ExportList {
  readonly from: string;
  /** As they are declared, where `as` gives them another name outside. */
  readonly names: readonly string[];
}

const exportLists = (text: string): readonly ExportList[] =>
  [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";/gmu)].map(([, list = "", from = ""]) => ({
    from,
    names: list.split(",").flatMap((item) => /^(?:type\s+)?([\w$]+)/u.exec(item.trim())?.[1] ?? []),
  }));

/** Is the line before the name's (first) declaration the end of a doc comment? */
function isDocumented(text: string, name: string): boolean {
  const declaration = new RegExp(
    `(.*)\n^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|class|function|interface|type|enum) ${name}\\b`,
    "mu",
  );
  return declaration.exec(text)?.[1]?.endsWith("*/") ?? false;
}
