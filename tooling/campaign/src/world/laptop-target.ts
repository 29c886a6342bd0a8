/** What a fault on one machine takes hold of: the processes of the running program, and its files. */
import type { Scene } from "../scene.ts";
import type { Role } from "./marked-processes.ts";

/** A program on this machine. */
export interface LaptopTarget extends Scene {
  /** The program's own process. */
  readonly head: number;
  /** Whether the program has ended. */
  readonly hasEnded: boolean;
  /** The processes of a role; waits until there is one. None where the program ends first, or has none for long. */
  readonly find: (role: Role) => Promise<readonly number[]>;
  /** All processes of the program, and of what its calls have started. */
  readonly all: () => readonly number[];
  /** Sends a signal; a process that has ended meanwhile does not hear it. A negative number is a process group. */
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
  /** Starts the same program once more in the same directory. */
  readonly startOther: () => void;
  /** The environment of a process that belongs to this round. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder of the two journals. */
  readonly journals: string;
}
