/** A source file: its bytes as they were read, and then its top-level statements: what each declares, what it mentions, and a text of what it says. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse, type Program } from "acorn";
import { topLevel, type TopLevel } from "./top-level.ts";
import { stripTypes } from "./strip-types.ts";

/** A file that a function's code was read from. */
export interface CodeFile {
  /** Absolute, without links. */
  readonly path: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A file as it was when it was read. */
export type SourceFile = CodeFile & { readonly bytes: Buffer };

/** The same, parsed. */
export type ParsedFile = CodeFile & {
  /** Absent where the file is data, or can't be parsed: then all of it counts. */
  readonly statements: TopLevel | undefined;
  /** What a file that can't be parsed seems to import. */
  readonly imports: readonly string[];
};

/**
 * Reads a file.
 *
 * @throws what the file system says of a file that can't be read.
 */
export function readSourceFile(path: string): SourceFile {
  const bytes = readFileSync(path);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex"), bytes };
}

/** Parses a file, which takes some milliseconds. */
export function parseFile({ path, sha256, bytes }: SourceFile): ParsedFile {
  const program = isCode(path) ? tryParse(path, bytes.toString("utf8")) : undefined;
  if (program !== undefined) return { path, sha256, statements: topLevel(program), imports: [] };
  return { path, sha256, statements: undefined, imports: importsInText({ path, bytes }) };
}

/** What a file seems to import, without parsing it: what stands in comments and texts too. None where it is data. */
export const importsInText = ({ path, bytes }: Pick<SourceFile, "path" | "bytes">): readonly string[] =>
  isCode(path) ? [...bytes.toString("utf8").matchAll(IMPORT)].flatMap(([, , specifier]) => specifier ?? []) : [];

/** Between the word and the name there may be comments. */
const IMPORT = /\b(?:from|import|require)\b(?:\s|\(|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*\n)*(["'`])([^"'`\n]+)\1/g;

/** Whether a JavaScript source is CommonJS where nothing else says what it is: as Node does, by what can't stand there. */
export function isCommonJs({ path, bytes }: Pick<SourceFile, "path" | "bytes">): boolean {
  try {
    parse(withoutTypes(path, bytes.toString("utf8")), SCRIPT);
    return true;
  } catch {
    return false;
  }
}

const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

const SCRIPT = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowHashBang: true,
  allowReturnOutsideFunction: true,
} as const;

/** As an ES module, else as CommonJS. */
function tryParse(path: string, source: string): Program | undefined {
  try {
    const text = withoutTypes(path, source);
    try {
      return parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
    } catch {
      return parse(text, SCRIPT);
    }
  } catch {
    // JSX, decorators: nothing here can cut them into statements.
    return undefined;
  }
}

const withoutTypes = (path: string, source: string): string =>
  /\.[cm]?tsx?$/.test(path) ? stripTypes(source) : source;
