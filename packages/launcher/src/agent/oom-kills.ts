/**
 * Whether a worker that was killed was killed by the kernel, because memory was used up: SIGKILL alone does not say so.
 * The cgroup that agent and workers are in counts such kills. (Linux: cgroup-v1/memory.rst, oom_kill in
 * memory.oom_control; cgroup-v2.rst, oom_kill in memory.events)
 */
import { join } from "node:path";
import { readIfThere } from "@hyperion-ts/processes/supervision";
import { memoryLimit } from "../shared/host/cgroup-limits.ts";
import { type OwnCgroup, ownCgroups } from "../shared/host/cgroup-mounts.ts";

/** A kill that was counted longer ago was somebody else's: such as a program that a call had started. */
const REMEMBERED_MS = 4_000;

/** The kills of the kernel that explain deaths of workers. */
export class OomKills {
  readonly #cgroups: readonly OwnCgroup[];
  #counted: number;
  /** When kills were seen that have explained nobody's death. */
  #unexplained: number[] = [];

  /** `cgroups` are those whose kills count; others are for tests. */
  constructor(cgroups: readonly OwnCgroup[] = ownCgroups()) {
    this.#cgroups = cgroups;
    this.#counted = count(cgroups);
  }

  /** Counts the kills. To be called every second or two, so that a kill is known to be recent. */
  look(nowMs: number = performance.now()): void {
    const counted = count(this.#cgroups);
    this.#unexplained.push(...Array.from({ length: Math.max(0, counted - this.#counted) }, () => nowMs));
    this.#counted = counted;
    this.#unexplained = this.#unexplained.filter((atMs) => nowMs - atMs <= REMEMBERED_MS);
  }

  /** Which memory was used up, where a kill that explains no other death explains this one by SIGKILL; undefined where none does. */
  explain(nowMs: number = performance.now()): string | undefined {
    this.look(nowMs);
    if (this.#unexplained.shift() === undefined) return undefined;
    const limit = memoryLimit(this.#cgroups);
    return limit === null
      ? "all memory of the node is used up"
      : `the limit of ${limit.limitMb} MB of memory is reached (${limit.file})`;
  }
}

/** Kills of processes of this very cgroup: version 2 adds those of cgroups below. */
function count(cgroups: readonly OwnCgroup[]): number {
  const texts = cgroups.flatMap(({ version, folders: [own = ""] }) =>
    readIfThere(join(own, version === 2 ? "memory.events" : "memory.oom_control")),
  );
  return texts.map((text) => Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)).reduce((sum, kills) => sum + kills, 0);
}
