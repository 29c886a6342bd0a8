/** What the options of runs may be, checked before anything is started. Workers don't load it. */
import {
  aborter,
  callable,
  checkOptions,
  checkValue,
  fields,
  flag,
  listOf,
  nonEmpty,
  oneOf,
  type Rules,
  showValue,
  structured,
  whole,
} from "@hyperion-ts/bounds";
import { checkAddr, checkNodeConfig, LAUNCHER_RULES, type WorkerAddr } from "@hyperion-ts/launcher";
import type { Job } from "../job.ts";
import { checkJob } from "../misuse.ts";
import type { ProgramInfo } from "../program-info.ts";
import type { RunLocalOptions } from "../run-job-local.ts";
import type { RunSlurmOptions } from "../run-job-slurm.ts";
import type { PoolLauncherConfig } from "./node-pool.ts";
import type { HoldOptions, RunOptions } from "./run-options.ts";
import { slurmTimesRule } from "./slurm-times.ts";

/** A pool knows CPUs by numbers from 0 to 65,535. */
const MAX_CPUS = 65_536;

/** What the options of every run must be, whatever it runs on. */
export const RUN_RULES: Rules<RunOptions> = {
  signal: aborter,
  progress: oneOf("auto", "plain", "none"),
  handleSignals: flag,
  control: flag,
  trace: flag,
  onEvent: callable,
  results: fields<NonNullable<RunOptions["results"]>>({
    arbiter: structured,
    aroundCommit: callable,
    behind: nonEmpty,
  }),
};

const HOLD_RULES: Rules<HoldOptions> = { onFailure: oneOf("reject", "hold"), onHold: listOf(nonEmpty) };

const { reach, ...LAUNCHER_RULES_HERE } = LAUNCHER_RULES;

const LOCAL_RULES: Rules<RunLocalOptions> = {
  ...RUN_RULES,
  ...HOLD_RULES,
  ...LAUNCHER_RULES_HERE,
  cpus: whole(1, MAX_CPUS),
  inProcess: flag,
};
const SLURM_RULES: Rules<RunSlurmOptions> = {
  ...RUN_RULES,
  ...HOLD_RULES,
  ...LAUNCHER_RULES_HERE,
  reach,
  times: slurmTimesRule,
  leastNodes: whole(1),
};
const ALL_RULES: Rules<RunLocalOptions & RunSlurmOptions> = { ...LOCAL_RULES, ...SLURM_RULES };

/**
 * Checks what a run was given.
 *
 * @throws TypeError or RangeError, which name the option, when one is wrong or unknown.
 */
export function checkRun<A>(
  place: "runJob" | "runJobLocal" | "runJobSlurm",
  info: ProgramInfo,
  job: Job<A>,
  options: RunLocalOptions & RunSlurmOptions,
): void {
  if (typeof info !== "object" || info === null)
    throw new TypeError(`${place}: the program info must be what programInfo(directory) gives, not ${showValue(info)}`);
  for (const part of ["id", "database", "logDir", "dataDir"] as const)
    checkValue(place, `the program info's ${part}`, info[part], nonEmpty);
  checkJob(place, job);
  const rules = { runJob: ALL_RULES, runJobLocal: LOCAL_RULES, runJobSlurm: SLURM_RULES }[place];
  checkOptions<object>(place, options, rules);
}

/**
 * Checks what a pool of nodes was given.
 *
 * @throws what `checkRun` throws.
 */
export function checkPool(
  place: string,
  { shareOf, leastNodes, events, ...config }: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
): void {
  const rules: Rules<Pick<PoolLauncherConfig, "shareOf" | "leastNodes" | "events">> = {
    shareOf: callable,
    leastNodes: whole(1),
    events: structured,
  };
  checkOptions(
    place,
    {
      ...(shareOf === undefined ? {} : { shareOf }),
      ...(leastNodes === undefined ? {} : { leastNodes }),
      ...(events === undefined ? {} : { events }),
    },
    rules,
  );
  checkNodeConfig(place, config);
  checkValue(place, "logDir", config.logDir, nonEmpty);
  for (const addr of addrs) checkAddr(place, addr);
}
