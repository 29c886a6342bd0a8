/** The worlds of a campaign, and its folder: one folder for each round, and compiled code that all rounds share. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ClusterFault, Fault, LaptopFault, LoginFault } from "../fault.ts";
import type { Scene } from "../scene.ts";
import type { Random } from "../random.ts";
import { Cluster } from "./cluster.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { laptopStage } from "./laptop.ts";
import type { LaptopTarget } from "./laptop-target.ts";
import type { Stage } from "./stage.ts";

const ownSource = resolve(import.meta.dirname, "..");
const ownModules = resolve(import.meta.dirname, "../../node_modules");

/** What worlds are made for. */
export interface WorldsOptions {
  /** For how many rounds at the same time. */
  readonly concurrency: number;
  /** Whether the folders of rounds in which something was found stay when all else is disposed of. */
  readonly keepsFolders: boolean;
}

/** Disposing of it leaves nothing but the folders that are kept. */
export class Worlds implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "hyperion-campaign-"));
  readonly #compileCache = join(this.#folder, "compiled");
  readonly #cluster: Cluster;

  readonly #keepsFolders: boolean;

  /** Makes no cluster before it is asked for one. */
  constructor({ concurrency, keepsFolders }: WorldsOptions) {
    this.#cluster = new Cluster(concurrency);
    this.#keepsFolders = keepsFolders;
  }

  /** A new folder for a round. */
  newFolder(fault: Fault, round: number): string {
    return mkdtempSync(join(this.#folder, `${fault.name}-${round}-`));
  }

  /** A stage on this machine. */
  laptop(fault: LaptopFault, random: Random, root: string): Stage<LaptopTarget> {
    return laptopStage(this.#sceneIn(root, fault, random));
  }

  /** A stage on the cluster: in an allocation of its own, or on the login node. */
  async cluster(fault: ClusterFault | LoginFault, random: Random, root: string): Promise<Stage<ClusterTarget>> {
    // Ordinary users go through to their rounds.
    chmodSync(this.#folder, 0o711);
    mkdirSync(this.#compileCache, { recursive: true });
    chmodSync(this.#compileCache, 0o777);
    return await this.#cluster.stage(
      this.#sceneIn(root, fault, random),
      fault.world === "login" ? "login" : "allocation",
      fault.kind === "nodes",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
    rmSync(this.#compileCache, { recursive: true, force: true });
    if (!this.#keepsFolders || readdirSync(this.#folder).length === 0) rmSync(this.#folder, { recursive: true });
  }

  #sceneIn(root: string, fault: Fault, random: Random): Scene {
    const dir = join(root, fault.dirName ?? "run");
    const temporary = join(root, "tmp");
    mkdirSync(temporary);
    return {
      random,
      root,
      dir,
      database: join(dir, "results.sqlite"),
      temporary,
      compileCache: this.#compileCache,
      source: fault.ownSource === true ? copyOfSource(root) : ownSource,
      resources: new AsyncDisposableStack(),
    };
  }
}

/** Its imports are found as those of the original. */
function copyOfSource(root: string): string {
  const copy = join(root, "source");
  cpSync(ownSource, copy, { recursive: true });
  symlinkSync(ownModules, join(root, "node_modules"));
  return copy;
}
