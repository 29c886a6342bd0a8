/** What is in a packed package. */
import { readFile } from "node:fs/promises";
import { createPackageFromTarballData } from "@arethetypeswrong/core";
import type { Manifest } from "./workspace.ts";

/** A tarball's content. */
export interface Tarball {
  /** Text by path, such as `dist/index.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** Its package.json: what a registry and a package manager read. */
  readonly manifest: Manifest;
}

/** Reads all files of a tarball. */
export async function readTarball(path: string): Promise<Tarball> {
  const content = createPackageFromTarballData(await readFile(path));
  const prefix = `/node_modules/${content.packageName}/`;
  const files = new Map(content.listFiles().map((file) => [file.slice(prefix.length), content.readFile(file)]));
  return { files, manifest: JSON.parse(files.get("package.json") ?? "null") as Manifest };
}
