/** Where these packages are: the ones that this package itself uses. */
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ending = extname(import.meta.url);

/** A file of one of these packages, by its place in the package's sources, without an ending. */
export const ownModule = (name: string, place: string): string =>
  join(dirname(fileURLToPath(import.meta.resolve(`@hyperion-ts/${name}`))), `${place}${ending}`);

/** The version of one of these packages. */
export const ownVersion = (name: string): unknown =>
  (
    JSON.parse(readFileSync(join(dirname(ownModule(name, "index")), "../package.json"), "utf8")) as {
      version?: unknown;
    }
  ).version;

/** The file that a program gets that imports `specifier` and uses the same packages as this one; undefined where there is none. */
export function ownExport(specifier: string): string | undefined {
  try {
    return specifier.startsWith("@hyperion-ts/") ? fileURLToPath(import.meta.resolve(specifier)) : undefined;
  } catch {
    // No package that this one depends on.
    return undefined;
  }
}

/** `job` for `@hyperion-ts/job`, `job-program` for `@hyperion-ts/job/program`. */
export const exportName = (specifier: string): string => specifier.slice("@hyperion-ts/".length).replaceAll("/", "-");
