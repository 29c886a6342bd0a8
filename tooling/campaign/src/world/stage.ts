/** What a world offers a round: a scene, the program's runs in it, and what a fault may take hold of. */
import type { Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import type { ProgramEnd } from "../judge/evidence.ts";
import type { ProgramPlan } from "../plan.ts";

/** One run of the program. */
export interface Running<Target> {
  /** Whether the program has ended. */
  readonly hasEnded: boolean;
  /** Resolves when it has, with how. */
  readonly ended: Promise<Extract<ProgramEnd, { type: "exited" }>>;
  /** What a fault takes hold of. */
  readonly target: Target;
  /** How other programs end that the fault has started. */
  readonly others: readonly Promise<Extract<ProgramEnd, { type: "exited" }>>[];
  /** Remembers its processes by their ancestry, so that those are found that clear what they have inherited. */
  readonly takeNote: () => void;
  /** What of it runs, for a person: ids, states and command lines. */
  readonly processes: () => readonly string[];
  /** Ends all of it with SIGKILL, and resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** The place of one round. Disposing of it leaves only its folder. */
export interface Stage<Target> extends AsyncDisposable {
  /** Where and with what the round takes place. */
  readonly scene: Scene;
  /** The folder of the journals. */
  readonly journals: string;
  /** How the program is run there. */
  readonly where: ProgramPlan["where"];
  /** Starts the program on the plan in that file. */
  readonly start: (planFile: string, launch: Launch) => Promise<Running<Target>>;
  /** Undoes what the fault has done to the world, as far as the next run needs it. */
  readonly heal: () => Promise<void>;
}

/** The path of the program, in its source or in a copy. */
export const programIn = (source: string, where: ProgramPlan["where"]): string =>
  `${source}/program/${where === "login" ? "login" : "main"}.ts`;
