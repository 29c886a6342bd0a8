/** The report of a run that may end while it is asked. */
import { ControlError, type FoundRun, lookAtRun, type RunReport } from "@hyperion-ts/control";

/** By the run itself; where that ends just now, by its log. @throws what `lookAtRun` and a view's `report` throw */
export async function reportNow(found: FoundRun): Promise<RunReport> {
  const view = await lookAtRun(found);
  try {
    return await view.report();
  } catch (error) {
    if (!(error instanceof ControlError) || error.code !== "not-running") throw error;
    return await (await lookAtRun(found)).report();
  }
}
