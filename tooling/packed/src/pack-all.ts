/**
 * Makes the tarballs that would be published.
 *
 * `pnpm pack` takes dist/ as it lies there, and `tsc --build` neither removes what it wrote for a file
 * that is gone, nor writes again what somebody has deleted. So a dist/ that is not exactly what src/
 * compiles to is thrown away first, together with the compiler's record of it.
 */
import { existsSync, globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import { publishedPackages, type WorkspacePackage, workspaceRoot } from "./workspace.ts";

/** Builds all packages and packs each into the folder `destination`. Returns the tarballs' paths by the packages' names. */
export async function packAll(destination: string): Promise<Readonly<Record<string, string>>> {
  await build(publishedPackages);
  return Object.fromEntries(
    await Promise.all(publishedPackages.map(async (found) => [found.name, await pack(found, destination)])),
  );
}

/**
 * Compiles packages, and those that they depend on.
 *
 * @throws Error when the compiler, or what packages depend on, is not installed; or with what the compiler said
 */
export async function build(packages: readonly WorkspacePackage[]): Promise<void> {
  assertInstalled(packages);
  await Promise.all(packages.filter((found) => !isWhole(found)).map(removeBuild));
  await runProgram([COMPILER, "--build", ...packages.map(({ folder }) => folder)], {
    cwd: workspaceRoot,
  });
}

const COMPILER = join(workspaceRoot, "node_modules/.bin/tsc");

/** A fresh clone, or a package that has come with a pull. */
function assertInstalled(packages: readonly WorkspacePackage[]): void {
  const needed = [COMPILER, ...publishedPackages.map(({ folder }) => join(folder, "node_modules"))];
  const missing = needed.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new Error(
      `${packages.map(({ name }) => name).join(", ")} can't be compiled, because ${missing} is missing. Run "npm run -s tools -- pnpm install" in ${workspaceRoot}, and pack again`,
    );
}

/** The files that a compiled package has in dist/, for its sources as they are now. */
export const expectedBuild = (folder: string): readonly string[] =>
  globSync("**/*.ts", { cwd: join(folder, "src") })
    .map((file) => file.replace(/\.ts$/, ""))
    .flatMap((file) => [".d.ts", ".d.ts.map", ".js", ".js.map"].map((ending) => `${file}${ending}`))
    .sort();

function isWhole({ folder }: WorkspacePackage): boolean {
  const built = globSync("**/*.*", { cwd: join(folder, "dist") }).sort();
  return built.join("\n") === expectedBuild(folder).join("\n");
}

async function removeBuild({ folder }: WorkspacePackage): Promise<void> {
  await Promise.all(["dist", ".tsbuildinfo"].map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function pack({ folder, folderName }: WorkspacePackage, destination: string): Promise<string> {
  const file = join(destination, `${folderName}.tgz`);
  await runProgram(["pnpm", "pack", "--out", file], { cwd: folder });
  return file;
}
