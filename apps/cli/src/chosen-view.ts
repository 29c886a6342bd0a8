/** The run that a person means, or what runs within one of its Slurm jobs. */
import { type FoundRun, lookAtJob, lookAtRun, type RunView } from "@hyperion-ts/control";
import { chooseRun, type RunChoice } from "./choose-run.ts";

/** What a person says of it. */
export interface ViewChoice extends RunChoice {
  /** The id of a Slurm job of the run. */
  readonly job?: string | undefined;
}

/** @throws what `chooseRun`, `lookAtRun` and `lookAtJob` throw */
export const chosenView = async ({ job, ...choice }: ViewChoice): Promise<RunView> =>
  await viewOf(await chooseRun(choice), job);

/** @throws what `lookAtRun` and `lookAtJob` throw */
export const viewOf = (found: FoundRun, job: string | undefined): Promise<RunView> =>
  job === undefined ? lookAtRun(found) : lookAtJob(found, job);
