/** A folder of source files for a test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { CodeReader, type FunctionCode } from "../src/index.ts";

/** Source files by their names. */
export type Sources = Readonly<Record<string, string>>;

export class SourceFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "code-hash-")));

  constructor(sources: Sources) {
    this.write(sources);
  }

  write(sources: Sources): void {
    for (const [name, text] of Object.entries(sources)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  link(name: string, to: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    symlinkSync(join(this.path, to), join(this.path, name));
  }

  /** The code of the function "f", read anew. */
  code(module: string, name = "f"): FunctionCode {
    return new CodeReader().functionCode(pathToFileURL(join(this.path, module)).href, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The hash of the function "f" in the first of the files. */
export function hashOf(sources: Sources): string {
  using folder = new SourceFolder(sources);
  return folder.code(Object.keys(sources)[0] ?? "").hash;
}
