/** How a dry run ends. */

/** The program was only to show what it would submit (`dryRun`), and can't go on without the values of these jobs. */
export class DryRunError extends Error {
  override readonly name = "DryRunError";
  readonly code = "dry-run";
  /** sbatch's command and script of each job that would be submitted, as they can be pasted into a shell. */
  readonly submissions: readonly string[];
  /** Slurm's ids of jobs that are there already, and would be joined. */
  readonly joined: readonly number[];

  constructor(submissions: readonly string[], joined: readonly number[]) {
    const jobs = `${submissions.length} Slurm job${submissions.length === 1 ? "" : "s"} would be submitted`;
    const there = joined.length === 0 ? "" : `, and joined what is there already: ${joined.join(", ")}`;
    super(
      `Dry run: nothing was submitted. ${jobs}${there}. Jobs that are called only when these have given their values are not shown`,
    );
    // It would lead to the timer that has waited for more calls.
    this.stack = `${this.name}: ${this.message}`;
    this.submissions = [...submissions];
    this.joined = [...joined];
  }
}
