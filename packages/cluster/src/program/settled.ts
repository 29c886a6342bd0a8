/** How a submission of a call has ended, as who watches it finds out. */
import type { Interruption, LastWord } from "../directory/outcome.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";

/** How one submission ended. */
export type Settled = LastWord | EndedJob;

/** It ended without a value or an error of its own. */
export interface EndedJob {
  readonly kind: "ended";
  readonly end: JobEnd;
  /** Whether it still waited or ran when this run of the program began to watch it. */
  readonly wasThere: boolean;
  /** What its head said when a signal ended it. */
  readonly interruption?: Interruption | undefined;
}
