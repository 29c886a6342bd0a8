/**
 * What a fault is: a small description of what is done to a running program, and of the ends that this may have. Faults know
 * nothing of rounds, seeds or judges; they get a target, and choices from its `random`.
 */
import type { Expectation } from "./judge/judge.ts";
import type { MomentKind } from "./moment.ts";
import type { ProgramPlan } from "./plan.ts";
import type { Misbehaviour } from "./program/misbehaviour.ts";
import type { Scene } from "./scene.ts";
import type { ClusterTarget } from "./world/cluster-target.ts";
import type { LaptopTarget } from "./world/laptop-target.ts";

/** How the first run is started, beside what is usual. */
export interface Launch {
  /** A command that becomes the program, such as `["prlimit", "--nofile=64", "--"]`. Its end is never a shell's child. */
  readonly before?: readonly string[];
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A few of the calls that do something else than behave. */
export interface HostileCalls {
  /** What they do. */
  readonly does: Misbehaviour;
  /** How many of them at most, at least 1. Default 3. */
  readonly most?: number;
  /** A time limit for them alone, in milliseconds. Default: none. */
  readonly timeLimitMs?: number;
  /** Memory for them alone, in megabytes. Default: not said. */
  readonly memoryMb?: number;
}

interface FaultIn<World, Target> extends Expectation {
  /** What is typed to have it alone. */
  readonly name: string;
  readonly kind: "signals" | "calls" | "files" | "limits" | "surroundings" | "nodes" | "slurm";
  readonly world: World;
  /** Of which kinds its moments are. Default: all. */
  readonly moments?: readonly MomentKind[];
  readonly hostile?: HostileCalls;
  readonly options?: ProgramPlan["options"];
  /** Whether jobs of the program on a login node make some calls of each other's, too. Default false. */
  readonly shared?: boolean;
  /** How long the program halts before and after each COMMIT, in milliseconds, so that the moment falls there. Default 0. */
  readonly haltAtCommitMs?: number;
  /** The name of the program's directory. Default `"run"`. */
  readonly dirName?: string;
  /** Whether the program runs from a copy of its source that is this round's alone. Default false. */
  readonly ownSource?: boolean;
  /** Whether it destroys results itself, so that those that were acknowledged before it may be lost. Default false. */
  readonly destroys?: boolean;
  /** How long after it the program may go on, in milliseconds. Default 30,000. */
  readonly endsWithinMs?: number;
  /** Why it can't be done on this machine, or null. Default: it can. */
  readonly missing?: () => string | null;
  /** Done before the first run. */
  readonly launch?: (scene: Scene) => Launch | Promise<Launch>;
  /** Done at the moment, unless the program has ended by then. Default: nothing, the fault is in the calls or in the launch. */
  readonly strike?: (target: Target) => Promise<void> | void;
  /** What a person does after the first run and before the second. Default: nothing. */
  readonly mend?: (scene: Scene) => Promise<void> | void;
}

/** On one machine, by `runJobLocal`. */
export type LaptopFault = FaultIn<"laptop", LaptopTarget>;
/** On two nodes of a Slurm allocation, by `runJobSlurm` over that transport. */
export type ClusterFault = FaultIn<"ssh" | "srun", ClusterTarget>;
/** On a login node, by `runCluster`, with a Slurm job on each of two nodes. */
export type LoginFault = FaultIn<"login", ClusterTarget>;
/** A fault, in whatever world. */
export type Fault = LaptopFault | ClusterFault | LoginFault;
/** Where a fault takes place. */
export type WorldName = Fault["world"];
