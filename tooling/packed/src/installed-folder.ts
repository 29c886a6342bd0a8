/**
 * A user's folder: outside the repository, with packed packages and what they depend on installed.
 *
 * pnpm installs, because without hoisting it gives a package only the dependencies that it names, and because
 * everything that our packages need lies in its store already: the repository was installed with it.
 */
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import type { Manifest } from "./workspace.ts";

/** Disposing of it removes it. */
export interface InstalledFolder extends AsyncDisposable {
  /** The folder's path. */
  readonly path: string;
}

/**
 * Installs `names` into a new folder: those of `tarballs` from there, also where others depend on them, and any
 * other in the version that this package has.
 */
export async function installFolder(
  tarballs: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<InstalledFolder> {
  await using stack = new AsyncDisposableStack();
  const path = await mkdtemp(join(tmpdir(), "hyperion-installed-"));
  stack.defer(() => remove(path));
  const overrides = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));
  const dependencies = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, overrides[name] ?? (await versionHere(name))] as const)),
  );
  await writeJson(join(path, "package.json"), { private: true, type: "module", dependencies });
  // JSON is YAML.
  await writeJson(join(path, "pnpm-workspace.yaml"), { overrides, hoist: false, pmOnFail: "ignore" });
  await install(path);
  const owned = stack.move();
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function versionHere(name: string): Promise<string> {
  const { version } = JSON.parse(
    await readFile(join(import.meta.dirname, "../node_modules", name, "package.json"), "utf8"),
  ) as Manifest;
  return version;
}

const writeJson = (file: string, value: unknown): Promise<void> => writeFile(file, JSON.stringify(value));

/** Without the network where that is possible. `--prefer-offline` alone would wait for minutes where there is none. */
async function install(cwd: string): Promise<void> {
  const argv = ["pnpm", "install", "--ignore-scripts", "--no-frozen-lockfile"] as const;
  await runProgram([...argv, "--offline"], { cwd }).catch(() => runProgram([...argv, "--prefer-offline"], { cwd }));
}

/** Also from pnpm's list of folders that use its store, where it would stay as a dead link. */
async function remove(path: string): Promise<void> {
  const projects = join((await runProgram(["pnpm", "store", "path"], { cwd: path })).trim(), "projects");
  await rm(path, { recursive: true, force: true });
  const links = (await readdir(projects).catch(() => [])).map((name) => join(projects, name));
  await Promise.all(
    links.map(async (link) => ((await targetOf(link)) === path ? rm(link, { force: true }) : undefined)),
  );
}

const targetOf = (link: string): Promise<string | undefined> => readlink(link).catch(() => undefined);
