/**
 * The program in one file. Jobs that wait in Slurm's queue run that file, so nobody's edits change them, and a node reads
 * one file from the shared file system in place of thousands.
 */
import { realpathSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { makeDirectory } from "@hyperion-ts/bounds";
import { CodeReader, hashesLine } from "@hyperion-ts/code-hash";
import { findRemote, remoteNames } from "@hyperion-ts/remote";
import type { ProgramBundle } from "./bundle-program.ts";
import { type BundleRequest, givenSource } from "./bundle-request.ts";
import { runBundler } from "./run-bundler.ts";
import type { RuntimeFolder } from "./runtime-folder.ts";
import { fileOfHash, keepFile, sha256 } from "./snapshot-file.ts";
import { messageOf, SnapshotError } from "./snapshot-error.ts";

/** A program in one file. */
export interface Snapshot {
  /** Absolute: `<directory>/<name>-<first 20 digits of hash>.mjs`, of mode 0400. The directory has the name by which it was given. */
  readonly file: string;
  /**
   * SHA-256 of the file's bytes, in hexadecimal: what `loadSnapshot` expects. Places of other files are told from its own, so a
   * project that lies elsewhere as a whole, with its packages and `directory`, has the same.
   */
  readonly hash: string;
  /** The program that a job's head runs: `head-main.mjs` in a folder beside `file`, which is named by what is in it. */
  readonly headProgram: string;
  /** The hash of each function's code as it is in the sources (`FunctionCode` of @hyperion-ts/code-hash), by its name. The file carries them as well. */
  readonly functionHashes: Readonly<Record<string, string>>;
  /** What is not in it, and has to be at the same place on each node: native add-ons, and these packages where the program has others than what submits its jobs. Absolute, sorted. */
  readonly outside: readonly string[];
  /** What its maker should know, a sentence each, sorted: files that the program looks for beside its sources, imports by computed names. */
  readonly notices: readonly string[];
}

/** How a snapshot is made. */
export interface SnapshotOptions {
  /** Ends the making; nothing is left behind. */
  readonly signal: AbortSignal;
  /**
   * What reads the files: those that it has read before are taken as they were then. A program gives the reader of its own code
   * (`programCode.reader` of @hyperion-ts/job/program), so that its jobs run the code with which it began. Default: a
   * new one.
   */
  readonly reader?: CodeReader;
}

/** The modules that define the remote functions of this process, by their URLs: what a snapshot has to be made of. Sorted. */
export const definingModules = (): readonly string[] =>
  [...new Set(remoteNames().flatMap((name) => withoutQuery(findRemote(name)?.module)))].sort();

/**
 * Makes a file of the modules `entry` (URLs or paths; `definingModules()` in a program), all files of the user's that they
 * import, and the npm packages in use. Importing it imports all of `entry`, and runs no `if (import.meta.main)`.
 *
 * A second call with the same sources gives the same file; it is made anew only if it is damaged.
 *
 * @throws SnapshotError `"snapshot-failed"` when it can't be bundled or written; the signal's reason; DirectoryError when there
 *   is no `directory` and it can't be made
 * @example
 * const { file, hash } = await makeSnapshot(definingModules(), "out/snapshots", { signal });
 */
export async function makeSnapshot(
  entry: string | URL | readonly (string | URL)[],
  directory: string,
  { signal, reader = new CodeReader() }: SnapshotOptions,
): Promise<Snapshot> {
  signal.throwIfAborted();
  const entries = entryPaths(typeof entry === "string" || entry instanceof URL ? [entry] : entry);
  makeDirectory(directory, { mode: 0o700 });
  const sources = sourcesOf(entries, reader);
  const bundle = await runBundler(
    { entries, directory: realpathSync(directory), sources, conditions: userConditions() },
    signal,
  );
  return write(entries[0], resolve(directory), bundle, hashesOf(bundle, reader));
}

function entryPaths(modules: readonly (string | URL)[]): readonly [string, ...string[]] {
  const [first, ...others] = [...new Set(modules.map(entryPath))];
  if (first === undefined)
    throw new SnapshotError(
      "snapshot-failed",
      "",
      "No module of this program defines a remote function or job, so there is nothing that a Slurm job could run. Import the modules that call defineRemote or defineJob before the first job is submitted",
    );
  return [first, ...others];
}

function entryPath(module: string | URL): string {
  try {
    return realpathSync(modulePath(module));
  } catch (error) {
    const words = `The program can't be put into one file, which Slurm jobs need: its module ${String(module)} is not found (${messageOf(error)}). Modules must be files that are there`;
    throw new SnapshotError("snapshot-failed", String(module), words, { cause: error });
  }
}

/** The path of a module: a URL of one, or a path that may go through links. */
const modulePath = (module: string | URL): string =>
  module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);

/** All files of the user's that the modules may load, as the reader has them. */
function sourcesOf(entries: readonly string[], reader: CodeReader): BundleRequest["sources"] {
  const paths = entries.flatMap((entry) => reader.moduleFiles(pathToFileURL(entry).href).map(({ path }) => path));
  return Object.fromEntries([...new Set(paths)].map((path) => [path, givenSource(reader.readSource(path))]));
}

/** `--conditions` that the program was started with. */
const userConditions = (options: readonly string[] = process.execArgv): readonly string[] =>
  options.flatMap((option, i) => {
    const [found, value] = /^(?:--conditions|-C)(?:=(.*))?$/.exec(option) ?? [];
    return found === undefined ? [] : (value ?? options[i + 1] ?? []);
  });

/** By the modules' own text, and where a name is no literal by what this process knows. */
function hashesOf({ functions, modules }: ProgramBundle, reader: CodeReader): Readonly<Record<string, string>> {
  const known = remoteNames().flatMap((name) =>
    withoutQuery(findRemote(name)?.module)
      .filter((module) => modules.includes(fileURLToPath(module)))
      .map((module) => ({ name, module })),
  );
  const hashes = [...functions, ...known].map(({ name, module }) => [name, hashOf(reader, module, name)] as const);
  return Object.fromEntries(hashes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const hashOf = (reader: CodeReader, module: string, name: string): string => reader.functionCode(module, name).hash;

function write(
  first: string,
  directory: string,
  { code, map, runtime, outside, notices }: ProgramBundle,
  functionHashes: Readonly<Record<string, string>>,
): Snapshot {
  const name = basename(first, extname(first))
    .replace(/[^\w.-]/g, "_")
    .slice(0, 60);
  try {
    const mapFile = fileOfHash(directory, name, sha256(map), ".map");
    const text = `${code}${hashesLine(functionHashes)}//# sourceMappingURL=${encodeURIComponent(basename(mapFile))}\n`;
    const hash = sha256(text);
    const file = fileOfHash(directory, name, hash, ".mjs");
    keepRuntime(join(directory, runtime.name), runtime);
    keepFile(mapFile, map);
    keepFile(file, text);
    const headProgram = join(directory, runtime.name, "head-main.mjs");
    return { file, hash, headProgram, functionHashes, outside, notices };
  } catch (error) {
    throw new SnapshotError(
      "snapshot-failed",
      first,
      `The program's file can't be written to ${directory}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Each program of the folder names the hashes of the files that it runs. */
function keepRuntime(folder: string, { files }: RuntimeFolder): void {
  makeDirectory(folder, { mode: 0o700 });
  for (const { name, text } of files) keepFile(join(folder, name), text);
}

/** The module's URL without query and hash; none for what is no file. */
const withoutQuery = (module: string | undefined): readonly string[] =>
  module?.startsWith("file:") === true ? [pathToFileURL(fileURLToPath(module)).href] : [];
