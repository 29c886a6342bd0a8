/**
 * When what the head of a job was computing is for other jobs to compute. While a head is there, they wait for it, over cuts of its
 * link too: it goes on, and its rows come by files. They do not wait for one that Slurm has stopped, or that nobody has heard of for a while: of a call
 * that failed there they would not hear.
 */
import { after, type Timer } from "@hyperion-ts/bounds";

const CUT_OFF_MS = 60_000;

/** What is done about it, for one job. */
export interface HeadClaimsOwner {
  /** Takes in what its head has computed. */
  readonly takeIn: () => Promise<void>;
  /** Lets others compute what it was computing. */
  readonly release: () => void;
}

/** Disposing of it ends the watch; what becomes of claims at the job's end is not its business. */
export class HeadClaims implements Disposable {
  readonly #owner: HeadClaimsOwner;
  #cutOff: Timer | undefined;

  constructor(owner: HeadClaimsOwner) {
    this.#owner = owner;
  }

  /** There is a link to the head, or none any more. */
  linked(isUp: boolean): void {
    this.#cutOff?.[Symbol.dispose]();
    this.#cutOff = isUp ? undefined : after(CUT_OFF_MS, () => void this.fall()).unref();
  }

  /** The claims fall, when what the head has computed is here. */
  async fall(): Promise<void> {
    await this.#owner.takeIn().catch(() => undefined);
    this.#owner.release();
  }

  [Symbol.dispose](): void {
    this.#cutOff?.[Symbol.dispose]();
  }
}
