/**
 * How far the controller's clock is ahead of ours. The end of a job is a time on the controller's clock, and this node's
 * may be minutes off: a run that trusts its own would be ended too early, or killed before it has ended its calls.
 */
import { steadyNowMs } from "@hyperion-ts/bounds";
import { slurmConfigTimeMs } from "@hyperion-ts/slurm-env";
import { type AskOptions, askSlurm } from "@hyperion-ts/slurm-env/commands";

/** The controller tells whole seconds. */
const HALF_A_SECOND_MS = 500;

/** In milliseconds, less when it is behind; 0 where the clocks can't be told apart; undefined where the controller does not say. */
export async function askSlurmClock(options: AskOptions): Promise<number | undefined> {
  const askedMs = steadyNowMs();
  const { code, stdout } = await askSlurm(["scontrol", "show", "config"], options);
  const tookMs = steadyNowMs() - askedMs;
  const controllerMs = code === 0 ? slurmConfigTimeMs(stdout) : undefined;
  if (controllerMs === undefined) return undefined;
  const aheadMs = controllerMs + HALF_A_SECOND_MS - (askedMs + tookMs / 2);
  return Math.abs(aheadMs) <= HALF_A_SECOND_MS + tookMs / 2 ? 0 : aheadMs;
}
