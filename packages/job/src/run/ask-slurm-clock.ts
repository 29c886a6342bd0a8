/**
 * How far the controller's clock is ahead of ours. The end of a job is a time on the controller's clock, and this node's
 * may be minutes off: a run that trusts its own would be ended too early, or killed before it has ended its calls.
 */
import { steadyNowMs } from "@hyperion-ts/bounds";
import { type AskOptions, askSlurm } from "./ask-slurm.ts";

/** The controller tells whole seconds. */
const HALF_A_SECOND_MS = 500;

/** In milliseconds, less when it is behind; 0 where the clocks can't be told apart; undefined where the controller does not say. */
export async function askSlurmClock(options: AskOptions): Promise<number | undefined> {
  const askedMs = steadyNowMs();
  const { code, stdout } = await askSlurm(["scontrol", "show", "config"], options);
  const tookMs = steadyNowMs() - askedMs;
  const controllerMs = code === 0 ? controllerTime(stdout) : undefined;
  if (controllerMs === undefined) return undefined;
  const aheadMs = controllerMs + HALF_A_SECOND_MS - (askedMs + tookMs / 2);
  return Math.abs(aheadMs) <= HALF_A_SECOND_MS + tookMs / 2 ? 0 : aheadMs;
}

/** The answer begins with the time at which the controller made it (slurm_print_ctl_conf), in UTC because we ask so. */
function controllerTime(config: string): number | undefined {
  const time = /^Configuration data as of (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)$/m.exec(config)?.[1];
  return time === undefined ? undefined : Date.parse(`${time}Z`);
}
