/**
 * The program that a Slurm job of ours runs: `head-main DIRECTORY SUBMISSION`. What starts it awaits `ended`: an await at the top
 * level of this file would keep the bundler from making few files of it and a worker.
 */
import { runHead } from "./run-head.ts";

/** Settles when the job has ended. */
export const ended: Promise<void> = run(process.argv.slice(2));

async function run([directory = "", submission = "1"]: readonly string[]): Promise<void> {
  process.exitCode = await runHead(directory, Number(submission));
}
