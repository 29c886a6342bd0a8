/** Asks one of Slurm's commands something, as a job's environment must not change it. */
import { execFile } from "node:child_process";

/** A controller that is away keeps a command for about twice MessageTimeout (10 s). */
const TIME_LIMIT_MS = 30_000;

/** What a command answered. */
export interface SlurmAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `argv` and gives what it printed, however it ended; `code` is null when it could not be run or took too long. Never rejects. */
export function askSlurm(argv: readonly string[], timeLimitMs = TIME_LIMIT_MS): Promise<SlurmAnswer> {
  const [file = "", ...args] = argv;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !CHANGES_ANSWERS.test(name)));
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: timeLimitMs, killSignal: "SIGKILL", maxBuffer: 64 * 1_048_576 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : child.exitCode, stdout, stderr: stderr === "" && error !== null ? error.message : stderr });
    });
  });
}

/** Defaults of options (filters, questions, other clusters, formats). Where Slurm is, and who asks, stays. */
const CHANGES_ANSWERS = /^(?:SCANCEL|SCONTROL|SQUEUE)_|^SLURM_(?:CLUSTERS|TIME_FORMAT|BITSTR_LEN)$/;
