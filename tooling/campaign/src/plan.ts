/** What the program under test is told: one JSON file for each of its runs. */
import type { RunLocalOptions, RunSlurmOptions } from "@hyperion-ts/job";
import type { Misbehaviour } from "./program/misbehaviour.ts";

/** One memoised call. */
export interface CallPlan {
  /** The key of its result: unique. */
  readonly key: number;
  /** How long it takes, in milliseconds. */
  readonly ms: number;
  /** What it does instead of behaving. Default: it behaves. */
  readonly hostile?: HostileCall;
}

/** What a call does instead of behaving. */
export interface HostileCall {
  /** What it does. */
  readonly does: Misbehaviour;
  /** Under which attempts: so many first ones. */
  readonly attempts: number;
  /** A time limit for it alone, in milliseconds. Default: none. */
  readonly timeLimitMs?: number;
  /** Memory for it alone, in megabytes. Default: not said. */
  readonly memoryMb?: number;
}

/** One run of the program. */
export interface ProgramPlan {
  /** The program's directory. */
  readonly dir: string;
  /** The folder of the two journals, which no fault touches. */
  readonly journals: string;
  /** 1, and 2 for the run that has to complete. A second program beside the first has a name of its own. */
  readonly run: string;
  /** How it is run: by `runJobLocal`, `runJobSlurm` or `runCluster`. */
  readonly where: "laptop" | "allocation" | "login";
  /** The calls that it makes. */
  readonly calls: readonly CallPlan[];
  /** Whether jobs of the program on a login node make some calls of each other's, too. */
  readonly shared: boolean;
  /** How long the program halts before and after each COMMIT, in milliseconds, so that moments fall there. */
  readonly haltAtCommitMs: number;
  /** Silence times, transport and the like; no functions, because it travels as JSON. */
  readonly options: Pick<RunLocalOptions & RunSlurmOptions, "cpus" | "progress" | "times" | "reach" | "compileCache">;
}

/** The value that a call must have. */
export const valueOf = (key: number): number => key * key + 1;
