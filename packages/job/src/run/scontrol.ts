/**
 * Asking Slurm's controller. What scontrol prints, and whom it asks, depends on its environment: times on TZ and
 * SLURM_TIME_FORMAT, the cluster on SLURM_CLUSTERS. A site's start files and people set these for their own eyes.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** slurmctld may be busy. */
const TIMEOUT_MS = 10_000;

/** Of an array's last task scontrol shows the whole array. */
const MOST_BYTES = 256 * 2 ** 20;

/** What scontrol(1) and scancel(1), "ENVIRONMENT VARIABLES", would take for options. */
const READ_AS_OPTIONS = /^(?:SCONTROL_.*|SCANCEL_.*|SLURM_TIME_FORMAT|SLURM_BITSTR_LEN|SLURM_CLUSTERS|SLURM_DEBUG_FLAGS|TZ|LC_ALL)$/;

/** How long to wait for an answer, and who no longer wants it. */
export interface ScontrolOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What scontrol prints, with times in UTC, of the cluster that this machine belongs to. Rejects when it can't be started,
 * refuses, or gives no answer in time: with its own words, and the abort's reason where that is why.
 */
export const scontrol = (args: readonly string[], options: ScontrolOptions = {}): Promise<string> => run("scontrol", args, options);

/** Cancels a job. Rejects as `scontrol` does; that it resolves does not say that there was such a job. */
export async function scancel(id: string, options: ScontrolOptions = {}): Promise<void> {
  await run("scancel", [id], options);
}

async function run(program: string, args: readonly string[], { timeoutMs = TIMEOUT_MS, signal }: ScontrolOptions): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !READ_AS_OPTIONS.test(name));
  const env = { ...Object.fromEntries(inherited), TZ: "UTC", LC_ALL: "C" };
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: MOST_BYTES, signal });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** A setting of slurm.conf, such as `ClusterName`; undefined where scontrol does not show it. */
export const settingIn = (config: string, name: string): string | undefined => new RegExp(`^${name}\\s*= (.+)$`, "m").exec(config)?.[1]?.trim();
