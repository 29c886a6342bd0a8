/** Builds and packs all packages once, before the first test, into a folder that is gone after the last one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { packAll } from "../src/pack-all.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The tarballs' paths by the packages' names. */
    readonly tarballs: Readonly<Record<string, string>>;
  }
}

export default async function packedOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "hyperion-packed-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    project.provide("tarballs", await packAll(folder));
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}
