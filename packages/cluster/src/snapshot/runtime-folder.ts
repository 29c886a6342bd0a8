/**
 * The folder beside a snapshot with what runs it. It is named by what is in it, and each of its programs begins with a look
 * whether the files that it will run are as they were made. Pure.
 */
import { sha256 } from "./snapshot-file.ts";

/** A file, by its name in the folder. */
export interface RuntimeFile {
  readonly name: string;
  readonly text: string;
}

/** A program of the folder. */
export interface RuntimeProgram {
  /** Its file, which looks at the others and then imports the first of them: `<name>.mjs`. */
  readonly name: string;
  /** The names of the files that it runs. The first may export a promise `ended`, which is awaited. */
  readonly files: readonly [string, ...string[]];
  /** JavaScript that can't wait until they are loaded. Default: none. */
  readonly atOnce?: string;
}

/** The folder. */
export interface RuntimeFolder {
  /** `hyperion-<20 digits>`, of the hash of all that is in it. */
  readonly name: string;
  readonly files: readonly RuntimeFile[];
}

const DIGITS = 20;

/** Puts files and programs of these packages into a folder. */
export function runtimeFolder(files: readonly RuntimeFile[], programs: readonly RuntimeProgram[]): RuntimeFolder {
  const hashes = new Map(files.map(({ name, text }) => [name, sha256(text)]));
  const all = [...files, ...programs.map((program) => starter(program, hashes))].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const hash = sha256(JSON.stringify(all.map(({ name, text }) => [name, sha256(text)])));
  return { name: `hyperion-${hash.slice(0, DIGITS)}`, files: all };
}

function starter({ name, files, atOnce = "" }: RuntimeProgram, hashes: ReadonlyMap<string, string>): RuntimeFile {
  const wanted = Object.fromEntries(files.map((file) => [file, hashes.get(file)]));
  const text = `import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
${atOnce}
const files = ${JSON.stringify(wanted, null, 2)};
for (const [name, hash] of Object.entries(files)) {
  const file = new URL(name, import.meta.url);
  if (createHash("sha256").update(readFileSync(file)).digest("hex") !== hash)
    throw new Error(file.pathname + " has other contents than when it was made. Start the program again: it makes a new one, and submits the job anew");
}
const { ended } = await import("./${files[0]}");
await ended;
`;
  return { name: `${name}.mjs`, text };
}
