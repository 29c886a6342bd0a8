/** A run that is asked again and again: by itself while it answers, out of its log when it does not. */
import { ControlError, type FoundRun, programDirectory, type RunReport, type RunView } from "@hyperion-ts/control";
import { viewOf } from "../chosen-view.ts";
import { chooseRun } from "../choose-run.ts";
import type { Page, PageContent, PageRoom } from "./pages.ts";
import { textPage } from "./pages.ts";

/** What was seen of a run. */
export interface Look {
  readonly report: RunReport;
  readonly content: PageContent;
}

/** One run, as long as somebody watches it. */
export class WatchedRun {
  #found: FoundRun;
  readonly #job: string | undefined;
  #view: RunView | undefined;

  /** `job`: what runs within that Slurm job of it. */
  constructor(found: FoundRun, job?: string) {
    this.#found = found;
    this.#job = job;
  }

  /** Asks for a page. @throws ControlError where the run has left nothing that can be read, or is not this user's */
  async look(page: Page, room: PageRoom): Promise<Look> {
    try {
      return await this.#lookOnce(page, room);
    } catch (error) {
      if (!(error instanceof ControlError) || error.code !== "not-running") throw error;
      // It has ended since the last time, and has written down how.
      const { id, logDir } = this.#found;
      this.#view = undefined;
      this.#found = await chooseRun({ dir: programDirectory(logDir), run: id });
      return this.#lookOnce(page, room);
    }
  }

  async #lookOnce(page: Page, room: PageRoom): Promise<Look> {
    const view = (this.#view ??= await viewOf(this.#found, this.#job));
    const report = await view.report();
    // A log that was read tells nothing new.
    if (report.toldBy === "log") this.#view = undefined;
    try {
      return { report, content: await page.look(view, room) };
    } catch (error) {
      // What only a run that goes on can tell, or has at all.
      const isNone = error instanceof ControlError && (report.toldBy === "log" || error.code === "not-found");
      if (!isNone) throw error;
      return { report, content: textPage(error.message) };
    }
  }
}
