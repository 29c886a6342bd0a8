/** The program that a Slurm job of ours runs: `node head-main DIRECTORY SUBMISSION`. */

// Slurm warns at once where the time limit is near: before the job listens, that would end the process.
process.on("SIGUSR2", () => undefined);
const { runHead } = await import("./run-head.ts");

const [directory = "", submission = "1"] = process.argv.slice(2);
process.exitCode = await runHead(directory, Number(submission));
