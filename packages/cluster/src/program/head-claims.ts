/**
 * When what the head of a job was computing is for other jobs to compute. While a head is there, they wait for it, over cuts of its
 * link too: it goes on, and its rows come by files. They do not wait for one that Slurm has stopped, or that nobody has heard of for a while: of a call
 * that failed there they would not hear.
 */
import { after, type Timer } from "@hyperion-ts/bounds";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { JobLinks } from "./job-links.ts";
import type { TakeIn } from "./take-in.ts";

const CUT_OFF_MS = 60_000;

/** Disposing of it ends the watch; what becomes of claims at the job's end is not its business. */
export class HeadClaims implements Disposable {
  readonly #directory: JobDirectory;
  readonly #takeIn: Pick<TakeIn, "now">;
  readonly #links: Pick<JobLinks, "headLost">;
  #cutOff: Timer | undefined;

  constructor(directory: JobDirectory, takeIn: Pick<TakeIn, "now">, links: Pick<JobLinks, "headLost">) {
    this.#directory = directory;
    this.#takeIn = takeIn;
    this.#links = links;
  }

  /** There is a link to the head, or none any more. */
  linked(isUp: boolean): void {
    this.#cutOff?.[Symbol.dispose]();
    this.#cutOff = isUp ? undefined : after(CUT_OFF_MS, () => void this.fall()).unref();
  }

  /** The claims fall, when what the head has computed is here. */
  async fall(): Promise<void> {
    await this.#takeIn.now(this.#directory).catch(() => undefined);
    this.#links.headLost(this.#directory);
  }

  [Symbol.dispose](): void {
    this.#cutOff?.[Symbol.dispose]();
  }
}
