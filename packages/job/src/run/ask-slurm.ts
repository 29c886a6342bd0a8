/**
 * Asks one of Slurm's commands something. What these print, and whom they ask, depends on their environment: times on TZ
 * and SLURM_TIME_FORMAT, the cluster on SLURM_CLUSTERS, what is shown on filters. A site's start files and people set
 * these for their own eyes; a job's environment must not change an answer.
 */
import { execFile } from "node:child_process";

/** A controller that is away keeps a command for about twice MessageTimeout (10 s). */
const TIME_LIMIT_MS = 30_000;

/** Of an array's last task scontrol shows the whole array. */
const MOST_BYTES = 256 * 1_048_576;

/** What a command answered. */
export interface SlurmAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long to wait for an answer, and who no longer wants it. */
export interface AskOptions {
  /** Default 30,000. */
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `argv` and gives what it printed, with times in UTC, however it ended; `code` is null when it could not be run, took
 * too long, or nobody wants to know any more. Never rejects.
 */
export function askSlurm(
  argv: readonly string[],
  { timeLimitMs = TIME_LIMIT_MS, signal }: AskOptions = {},
): Promise<SlurmAnswer> {
  const [file = "", ...args] = argv;
  const inherited = Object.entries(process.env).filter(([name]) => !CHANGES_ANSWERS.test(name));
  const env = { ...Object.fromEntries(inherited), TZ: "UTC", LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { env, timeout: timeLimitMs, killSignal: "SIGKILL", maxBuffer: MOST_BYTES, signal },
      (error, stdout, stderr) => {
        const code = typeof error?.code === "number" ? error.code : null;
        resolve({
          code: error === null ? 0 : code,
          stdout,
          stderr: stderr === "" && error !== null ? error.message : stderr,
        });
      },
    );
  });
}

/** Defaults of options (filters, questions, other clusters, formats). Where Slurm is, and who asks, stays. */
const CHANGES_ANSWERS = /^(?:SCANCEL|SCONTROL|SQUEUE)_|^SLURM_(?:CLUSTERS|TIME_FORMAT|BITSTR_LEN)$|^(?:TZ|LC_ALL)$/;

/** A setting of slurm.conf, such as `ClusterName`, in what `scontrol show config` prints; undefined where it is not there. */
export const settingIn = (config: string, name: string): string | undefined =>
  new RegExp(`^${name}\\s*= (.+)$`, "m").exec(config)?.[1]?.trim();
