/** Slurm's commands on the login node: submit, look, wait. */
import type { JobRecord, SlurmJobId } from "@hyperion-ts/slurm-env";
import { jobPhase, parseJobRecords, parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { lastLines, slurmctldOn } from "./daemons.ts";
import { runOnNode } from "./run-on-node.ts";
import type { RunOptions } from "./run-on-node.ts";
import { hostNamed } from "./site.ts";
import type { Site } from "./site.ts";
import { TestbedError } from "./testbed-error.ts";
import { waitUntil } from "./wait-until.ts";

/** Who submits a script, from where, and how. */
export interface SbatchOptions extends Omit<RunOptions, "input"> {
  /** Options of sbatch(1), such as `["-N2", "--exclusive"]`. */
  readonly args?: readonly string[];
  /** What the script finds in `$1`, `$2`, ...; only with a script's path. */
  readonly scriptArgs?: readonly string[];
}

/** How long to wait. */
export interface WaitOptions {
  /** Default 60,000. */
  readonly timeoutMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** How a job has ended. */
export interface FinishedJob {
  /** `COMPLETED`, or the state of the first part that came to another end. */
  readonly state: string;
  /** The exit code of the part whose state that is. */
  readonly exitCode: number;
  /** The job; or an array's tasks; or a heterogeneous job's components. */
  readonly parts: readonly JobRecord[];
}

/** A node, as sinfo(1) shows it. */
export interface NodeState {
  /** The node's name. */
  readonly name: string;
  /** In small letters, without marks: `idle`, `mixed`, `allocated`, `down`, `draining`, ... */
  readonly state: string;
  /** Does slurmctld get answers from it? ("*" behind the state, in sinfo.) */
  readonly responds: boolean;
}

/**
 * Submits a script; the job's id.
 *
 * @param script its text, which begins with `#!`, or the path of its file in the cluster
 * @throws TestbedError `slurm-refused` when Slurm refuses it, with what Slurm said
 */
export async function sbatch(site: Site, script: string, options: SbatchOptions = {}): Promise<SlurmJobId> {
  const { args = [], scriptArgs = [], ...runOptions } = options;
  const isText = script.startsWith("#!");
  const command = ["sbatch", "--parsable", ...args, ...(isText ? [] : [script, ...scriptArgs])];
  const output = await slurm(site, command, isText ? { ...runOptions, input: script } : runOptions);
  return parseSlurmJobId(Number.parseInt(output, 10));
}

/** All jobs that Slurm remembers: those of the last hour, too. */
export const jobs = (site: Site): Promise<readonly JobRecord[]> => recordsOf(site, []);

/**
 * The records of one job: an array has several.
 *
 * @throws TestbedError `slurm-refused` when Slurm does not know it
 */
export const job = (site: Site, id: SlurmJobId): Promise<readonly JobRecord[]> => recordsOf(site, [String(id)]);

/** Times are asked for as parseJobRecords reads them. */
const recordsOf = async (site: Site, ids: readonly string[]): Promise<readonly JobRecord[]> =>
  parseJobRecords(await slurm(site, ["scontrol", "show", "job", "--details", ...ids], { env: { TZ: "UTC" } }));

/**
 * Waits for a job's end, however it ends.
 *
 * @throws TestbedError `timeout` when it does not end in time, with the states of its parts and the end of slurmctld's log
 */
export async function waitForJob(
  site: Site,
  id: SlurmJobId,
  { timeoutMs = 60_000, signal }: WaitOptions = {},
): Promise<FinishedJob> {
  let parts: readonly JobRecord[] = [];
  const instead = (): string =>
    [
      ...parts.map(({ id, state, reason, nodes }) => `  job ${id}: ${state} (${reason}) ${nodes.join(" ")}`),
      lastLines(site, slurmctldOn(site.plan.login.name), 30),
    ].join("\n");
  await waitUntil({ what: `job ${id} to end`, timeoutMs, signal, instead, pauseMs: 100 }, async () => {
    parts = await job(site, id);
    return parts.length > 0 && parts.every(({ state }) => jobPhase(state).kind === "ended") ? true : undefined;
  });
  const shown = parts.find(({ state }) => state !== "COMPLETED") ?? parts[0];
  return { state: shown?.state ?? "", exitCode: shown?.exitCode ?? 0, parts };
}

/** The nodes as slurmctld sees them. */
export async function nodeStates(site: Site): Promise<readonly NodeState[]> {
  const output = await slurm(site, ["sinfo", "--noheader", "--Node", "--format=%N|%T"]);
  const lines = new Set(output.trim().split("\n"));
  return [...lines].map((line) => {
    const [name = "", state = ""] = line.split("|");
    return { name, state: state.replace(/[^a-z_]/g, ""), responds: !state.includes("*") };
  });
}

/**
 * Waits until Slurm sees the node in that state.
 *
 * @throws TestbedError `timeout` when it does not in time, with the state that the node was in
 */
export async function waitForNode(
  site: Site,
  name: string,
  state: string,
  { timeoutMs = 60_000, signal }: WaitOptions = {},
): Promise<void> {
  hostNamed(site, name);
  let seen: NodeState | undefined;
  const instead = (): string => `It was ${seen?.state ?? "unknown to Slurm"}.`;
  await waitUntil({ what: `${name} to be ${state}`, timeoutMs, signal, instead, pauseMs: 100 }, async () => {
    seen = (await nodeStates(site)).find((node) => node.name === name);
    return seen?.state === state ? true : undefined;
  });
}

/**
 * What a command printed on the login node.
 *
 * @throws TestbedError `slurm-refused` when it fails, with what it said
 */
export async function slurm(site: Site, command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await runOnNode(site, site.plan.login.name, command, options);
  if (exitCode === 0) return stdout;
  throw new TestbedError(
    "slurm-refused",
    `\`${command.join(" ")}\` ended with code ${exitCode}:\n${stderr.trim() || stdout.trim()}`,
  );
}
