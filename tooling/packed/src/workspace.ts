/** The packages of this repository that are published: all below packages/, and the command. */
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The top of the repository. */
export const workspaceRoot: string = join(import.meta.dirname, "../../..");

/** What a package says of itself in its package.json, as far as anything here reads it. */
export interface Manifest {
  /** The package's name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** What it depends on, by name: versions or ranges. */
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package as it lies in the repository. */
export interface WorkspacePackage {
  /** With its scope, such as `@hyperion-ts/job`. */
  readonly name: string;
  /** The name of its folder, such as `job`. */
  readonly folderName: string;
  /** Where it is, absolute. */
  readonly folder: string;
}

/** All packages that are published, by name. */
export const publishedPackages: readonly WorkspacePackage[] = globSync("{packages/*,apps/cli}/package.json", {
  cwd: workspaceRoot,
})
  .sort()
  .map((file) => {
    const folder = join(workspaceRoot, dirname(file));
    const { name } = JSON.parse(readFileSync(join(workspaceRoot, file), "utf8")) as Manifest;
    return { name, folderName: basename(folder), folder };
  });
