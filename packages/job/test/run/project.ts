/** A project of a user's, in which a program can be written and run. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const ownPackage = join(import.meta.dirname, "../..");

export class Project implements Disposable {
  readonly #folder = mkdtempDisposableSync(join(realpathSync(tmpdir()), "hyperion-code-"));

  constructor() {
    this.write("package.json", '{ "type": "module" }');
    mkdirSync(this.path("node_modules/@hyperion-ts"), { recursive: true });
    symlinkSync(ownPackage, this.path("node_modules/@hyperion-ts/job"));
    symlinkSync(join(ownPackage, "node_modules/zod"), this.path("node_modules/zod"));
  }

  path(name: string): string {
    return join(this.#folder.path, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Runs program.ts, which prints its result as JSON; returns that and what it told. `options` are Node's. */
  async run(
    env: Readonly<Record<string, string>> = {},
    options: readonly string[] = [],
  ): Promise<{ readonly value: unknown; readonly told: string }> {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...options, this.path("program.ts")], {
      cwd: this.#folder.path,
      env: { ...process.env, ...env },
    });
    return { value: JSON.parse(stdout), told: stderr };
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}
