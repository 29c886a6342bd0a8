/** A source file, cut into its top-level statements: what each declares, what it mentions, and a text of what it says. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse, type Program } from "acorn";
import { topLevel, type TopLevel } from "./top-level.ts";
import { stripTypes } from "./strip-types.ts";

/** A file that a function's code was read from. */
export type CodeFile = {
  /** Absolute, without links. */
  readonly path: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
};

/** A file as it was when it was read. */
export type ParsedFile = CodeFile & {
  readonly bytes: Buffer;
  /** Absent where the file is data or a language that was not understood: then all of it counts. */
  readonly statements: TopLevel | undefined;
  /** What a file that was not understood seems to import. */
  readonly imports: readonly string[];
};

/** Reads a file; throws what the file system says. */
export function readCodeFile(path: string): ParsedFile {
  const bytes = readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const program = isCode(path) ? tryParse(path, bytes.toString("utf8")) : undefined;
  if (program !== undefined) return { path, sha256, bytes, statements: topLevel(program), imports: [] };
  return {
    path,
    sha256,
    bytes,
    statements: undefined,
    imports: isCode(path) ? importsInText(bytes.toString("utf8")) : [],
  };
}

const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

/** As an ES module, else as CommonJS. */
function tryParse(path: string, source: string): Program | undefined {
  try {
    const text = /\.[cm]?tsx?$/.test(path) ? stripTypes(source) : source;
    try {
      return parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
    } catch {
      return parse(text, {
        ecmaVersion: "latest",
        sourceType: "script",
        allowHashBang: true,
        allowReturnOutsideFunction: true,
      });
    }
  } catch {
    // JSX, decorators: nothing here can cut them into statements.
    return undefined;
  }
}

const importsInText = (source: string): readonly string[] =>
  [...source.matchAll(/\b(?:from|import|require)\b\s*\(?\s*(["'])([^"'\n]+)\1/g)].flatMap(
    ([, , specifier]) => specifier ?? [],
  );
