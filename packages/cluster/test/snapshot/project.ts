/** A user's project in a folder of its own, snapshots of it, and heads that run them. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { makeSnapshot, type Snapshot } from "../../src/snapshot/index.ts";

const clusterPackage = join(import.meta.dirname, "../..");
const head = join(import.meta.dirname, "programs/head.ts");

/** What a head has printed. */
export interface HeadResult {
  readonly value?: unknown;
  /** The name of the file that the function's workers import. */
  readonly module?: string;
  /** The hash of the function's code. */
  readonly code?: string;
  readonly error?: { readonly message: string; readonly cause: string; readonly code?: string };
}

export class Project implements Disposable {
  readonly #folder: { readonly path: string; remove(): void };

  /** `files`: their texts by their paths in the project. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    this.#folder = mkdtempDisposableSync(join(realpathSync(tmpdir()), "hyperion snapshot %20 é'`-"));
    this.write("package.json", '{ "type": "module" }');
    mkdirSync(this.path("node_modules/@hyperion-ts"), { recursive: true });
    symlinkSync(join(clusterPackage, "node_modules/@hyperion-ts/job"), this.path("node_modules/@hyperion-ts/job"));
    symlinkSync(join(clusterPackage, "node_modules/zod"), this.path("node_modules/zod"));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.#folder.path, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  snapshot(...modules: readonly string[]): Promise<Snapshot> {
    const entries = modules.map((name) => this.path(name));
    return makeSnapshot(entries, this.path("out/snapshots"), { signal: new AbortController().signal });
  }

  /** Calls a function of the snapshot in a worker, from a head of its own, which may overwrite the file first. `options` are Node's. */
  async call(
    { file, hash }: Pick<Snapshot, "file" | "hash">,
    name: string,
    input: unknown = null,
    {
      options = [],
      first = "keep",
    }: { readonly options?: readonly string[]; readonly first?: "keep" | "overwrite" } = {},
  ): Promise<HeadResult> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...options, head, file, hash, name, JSON.stringify(input), this.path("out"), first],
      { cwd: this.#folder.path },
    );
    return JSON.parse(stdout) as HeadResult;
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}

/** A module with one remote function of any input, whose `run` has the body `body`. */
export const moduleOf = (name: string, body: string, before = ""): string => `
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";
${before}
export const f = defineRemote(import.meta, { name: ${JSON.stringify(name)}, input: z.any(), output: z.any(), run: async (x: any) => { ${body} } });
`;
