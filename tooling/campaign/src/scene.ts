/** What every round has, in whatever world it takes place. */
import type { Random } from "./random.ts";

/** Where and with what a round takes place. */
export interface Scene {
  /** The choices of this round. */
  readonly random: Random;
  /** The folder of the round: everything of it is below. */
  readonly root: string;
  /** The program's directory, with its database and logs. */
  readonly dir: string;
  /** The program's database file. */
  readonly database: string;
  /** Where the program's temporary files are (TMPDIR). */
  readonly temporary: string;
  /** A folder for compiled code that all rounds share. */
  readonly compileCache: string;
  /** The program's own source, in a copy for this round where the fault has `ownSource`. */
  readonly source: string;
  /** What is held here is given up at the end of the round, the last first. */
  readonly resources: AsyncDisposableStack;
}
