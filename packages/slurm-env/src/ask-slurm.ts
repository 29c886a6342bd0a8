/**
 * Runs one of Slurm's commands to ask it something. What these print, and whom they ask, depends on their environment:
 * times on TZ and SLURM_TIME_FORMAT, the cluster on SLURM_CLUSTERS, what is shown on filters. A site's start files and
 * people set these for their own eyes; a job's environment must not change an answer.
 */
import { type ChildProcess, execFile, type ExecFileException } from "node:child_process";
import type { NoExitCode, SlurmAnswer } from "./slurm-answer.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";

/** A controller that is away keeps a command for about twice MessageTimeout (10 s). */
const TIME_LIMIT_MS = 30_000;

/** Of an array's last task scontrol shows the whole array. */
const MOST_BYTES = 256 * 1_048_576;

/** How long to wait for an answer, who no longer wants it, and what the command is given. */
export interface AskOptions {
  /** Default 30,000. */
  readonly timeLimitMs?: number;
  /** Ends the command, and the wait for it. */
  readonly signal?: AbortSignal | undefined;
  /** All that it reads from its standard input, such as the script of a job. Default: nothing. */
  readonly input?: string;
  /** Its whole environment, as it is: for a command that hands it on to a job. Default: this process's, without what changes answers. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs `argv` and gives what it printed, with times in UTC and texts in English, however it ended: it has, also after
 * an abort. Never rejects.
 */
export function askSlurm(argv: readonly string[], options: AskOptions = {}): Promise<SlurmAnswer> {
  const { timeLimitMs = TIME_LIMIT_MS, signal, input = "", env = askingEnvironment(process.env) } = options;
  const [file = "", ...args] = argv;
  const settings = { timeout: Math.ceil(timeLimitMs), killSignal: "SIGKILL", maxBuffer: MOST_BYTES, signal } as const;
  return new Promise((resolve) => {
    const notRun = ({ message }: Error): void =>
      resolve({ code: null, failure: { kind: "not-run", message }, stdout: "", stderr: message });
    try {
      const child = execFile(file, args, { env, ...settings }, (error, ...printed) => {
        const answer = answerOf(error, printed, timeLimitMs);
        if (!stillRuns(child)) return resolve(answer);
        // An abort is told at once, when the process has only been asked to end.
        child.once("exit", () => resolve(answer)).kill("SIGKILL");
      });
      // Who ends without reading it says why by its exit code.
      child.stdin?.on("error", () => undefined).end(input);
    } catch (error) {
      // Some failures come as an event, others, as of arguments that are too long, are thrown.
      notRun(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

const stillRuns = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null;

type Printed = readonly [stdout: string, stderr: string];

function answerOf(error: ExecFileException | null, [stdout, stderr]: Printed, timeLimitMs: number): SlurmAnswer {
  if (error === null) return { code: 0, stdout, stderr };
  const code = typeof error.code === "number" ? error.code : null;
  const failure = code === null ? noExitCode(error, timeLimitMs) : undefined;
  return { code, failure, stdout, stderr: stderr === "" && failure !== undefined ? error.message : stderr };
}

/**
 * What `argv` printed on its standard output, as `askSlurm` runs it.
 *
 * @throws SlurmCommandError when the command did not end with code 0
 * @throws the signal's reason when that aborts
 */
export async function slurmOutput(argv: readonly string[], options: AskOptions = {}): Promise<string> {
  const answer = await askSlurm(argv, options);
  options.signal?.throwIfAborted();
  if (answer.code !== 0) throw new SlurmCommandError(argv, answer);
  return answer.stdout;
}

/** Of `env` all but what changes answers: where Slurm is, and who asks, stays. */
function askingEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !CHANGES_ANSWERS.test(name));
  return { ...Object.fromEntries(kept), TZ: "UTC", LC_ALL: "C" };
}

/** Defaults of options (filters, questions, other clusters, formats). */
const CHANGES_ANSWERS =
  /^(?:SACCT|SCANCEL|SCONTROL|SINFO|SQUEUE)_|^SLURM_(?:CLUSTERS|TIME_FORMAT|BITSTR_LEN)$|^(?:TZ|LC_ALL)$/;

function noExitCode({ code, killed, message, signal }: ExecFileException, timeLimitMs: number): NoExitCode {
  if (code === "ABORT_ERR") return { kind: "aborted" };
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return { kind: "too-long" };
  if (killed === true) return { kind: "timed-out", timeLimitMs };
  return signal === undefined || signal === null ? { kind: "not-run", message } : { kind: "killed", signal };
}
