/** What a caller may ask of a cluster with accounting: a database of jobs, an account, and what Slurm refuses. */

/** Limits as sites set them (sacctmgr(1), "SPECIFICATIONS FOR ACCOUNTS" and "FOR QOS"). Each has none by default. */
export interface AccountingLimits {
  /** Jobs that a user may have in the queue, running ones too: one more is refused. */
  readonly maxSubmitJobs?: number;
  /** Jobs of a user that run at a time: one more waits. */
  readonly maxJobs?: number;
  /** The longest time limit that a job may have. */
  readonly maxWallMinutes?: number;
  /** Of each job, as Slurm writes it: `cpu=4,gres/gpu=1`. */
  readonly maxTresPerJob?: string;
  /** Of all jobs together. */
  readonly grpTres?: string;
}

/** A quality of service that all users may ask for. Jobs over its limits are refused rather than left to wait. */
export interface QosSpec {
  /** What `--qos` takes. */
  readonly name: string;
  /** Its limits. Default: none. */
  readonly limits?: AccountingLimits;
}

/** What a cluster with accounting has. */
export interface AccountingOptions {
  /** Of the account `lab`, which all ordinary users are in. */
  readonly limits?: AccountingLimits;
  /** Beside `normal`, which is the default one and has no limits. */
  readonly qos?: readonly QosSpec[];
}

/** The account of all ordinary users. */
export const ACCOUNT = "lab";
