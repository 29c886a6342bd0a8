/** What a person chooses about a run, wherever it runs. */
import type { ResultsOptions } from "@hyperion-ts/results";
import type { RunEventListener } from "@hyperion-ts/progress";

/** What becomes of remote calls that fail for good. */
export interface HoldOptions {
  /**
   * Whether the caller of such a call gets its error, or the call is held: it waits until a person has it made again or gives it up
   * (`hyperion holds`), and the others go on. `setTask({ onFailure })` says otherwise for some calls. Default `"reject"`.
   */
  readonly onFailure?: "reject" | "hold";
  /** A command that is run for each call that is held, such as `["mail", "-s", "held", "ann"]`, with its text as standard input: 20 times in a run at most. Default: none. */
  readonly onHold?: readonly string[];
}

/** The options of all `run...` functions. */
export interface RunOptions {
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** `"auto"`: a live block on a terminal, plain lines elsewhere. Default `"auto"`. */
  readonly progress?: "auto" | "plain" | "none";
  /** Whether SIGINT, SIGTERM and SIGHUP (in a Slurm job SIGUSR1 and SIGUSR2 too) end the run in order. Default true. */
  readonly handleSignals?: boolean;
  /** Whether the run can be looked at, and stopped, from other processes of this user (`hyperion status`). Default true. */
  readonly control?: boolean;
  /** Whether the end of each single call is an event too. Default false: there may be very many. */
  readonly trace?: boolean;
  /** Hears all events of the run, in order. Must not throw. */
  readonly onEvent?: RunEventListener;
  /** The results database: another one that it reads what it lacks from (`behind`), who decides between equal calls of several of them (`arbiter`); for tests of faults, what runs each COMMIT. Default: none of these. */
  readonly results?: Pick<ResultsOptions, "arbiter" | "aroundCommit" | "behind">;
}
