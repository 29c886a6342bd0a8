/** The environment of a Job. (Hyperion.Job: JobEnv) */
import type { PoolCore } from "@hyperion-ts/cpu-pool";
import type { NodeLauncher } from "@hyperion-ts/launcher";
import type { ResultsDatabase } from "@hyperion-ts/results";
import type { HasCallHolder, HasEndTime, HasEvents, HasLauncher, HasProgramInfo, HasSignal } from "./capabilities.ts";

/**
 * Everything that a job may use: where calls go and what each may use, the results database, the run's events and
 * signal, and underneath the pool of CPUs and the nodes' launchers. Change a part of it with `local`.
 */
export interface JobEnv extends HasProgramInfo, HasSignal, HasEndTime, HasLauncher, HasEvents, HasCallHolder {
  /** The results database of the run's directory, for `memoizeWithMap`, `lookup` and `insert`. */
  readonly results: ResultsDatabase;
  /**
   * How many CPUs of each node are ours; nodes differ. A run connects to its nodes with the first call: until then all of the
   * allocation, as Slurm counts their CPUs, from then on those that came up, in that order; a node that takes longer than
   * 10 s to connect to is added when it is there.
   */
  readonly cpusPerNode: ReadonlyMap<string, number>;
  /**
   * Connects to the nodes now, if no call has; what `cpusPerNode`, `pool` and `nodeLaunchers` say is sure from then on.
   *
   * @throws LaunchError when too few nodes come up.
   */
  readonly connect: () => Promise<void>;
  /** The CPUs, GPUs and memory of all nodes, and who waits for them. */
  readonly pool: PoolCore;
  /** What starts workers on each node, by its name. Empty with `inProcess`. */
  readonly nodeLaunchers: ReadonlyMap<string, NodeLauncher>;
  /** Writes a line into the head's log file. */
  readonly log: (message: string) => void;
}
