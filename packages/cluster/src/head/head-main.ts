/** The program that a Slurm job of ours runs: `node head-main DIRECTORY SUBMISSION`. */
import { runHead } from "./run-head.ts";

const [directory = "", submission = "1"] = process.argv.slice(2);
process.exitCode = await runHead(directory, Number(submission));
