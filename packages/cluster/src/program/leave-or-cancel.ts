/**
 * What Ctrl-C means for Slurm jobs. On a terminal a person is asked: they can go on without the program, or be cancelled.
 * Elsewhere they go on, as after every other signal.
 */
import { InterruptedError, type ProgramInfo } from "@hyperion-ts/job";

/** A person has cancelled the program's jobs. */
export class CancelledByPersonError extends Error {
  override readonly name = "CancelledByPersonError";
  readonly code = "cancelled-by-person";

  constructor(database: string) {
    super(
      `Cancelled with Ctrl-C, and all Slurm jobs of the program with it. Everything that was stored is in ${database}: run the same command again to go on from there`,
    );
  }
}

/** Who has to do with it. */
export interface Leaving {
  readonly info: ProgramInfo;
  /** How many Slurm jobs there are. */
  readonly jobs: () => number;
  readonly tell: (sentence: string) => void;
  /** Ends the program. */
  readonly end: (reason: Error) => void;
}

const CTRL_C = "\u0003";

/** Listens to Ctrl-C, until it is disposed of. */
export class LeaveOrCancel implements Disposable {
  readonly #leaving: Leaving;
  readonly #terminal = process.stdin.isTTY && process.stderr.isTTY ? process.stdin : undefined;
  #asking = false;

  constructor(leaving: Leaving) {
    this.#leaving = leaving;
    process.on("SIGINT", this.#interrupted);
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#interrupted);
    this.#stopAsking();
  }

  readonly #interrupted = (): void => {
    const jobs = this.#leaving.jobs();
    if (this.#terminal === undefined || jobs === 0) return this.#leave();
    if (this.#asking) return this.#cancel();
    this.#asking = true;
    this.#leaving.tell(
      `${jobs === 1 ? "1 Slurm job waits or runs" : `${jobs} Slurm jobs wait or run`}. d leaves ${jobs === 1 ? "it" : "them"} and ends the program, which joins ${jobs === 1 ? "it" : "them"} when it is started again; Ctrl-C cancels ${jobs === 1 ? "it" : "them"}; any other key: all goes on`,
    );
    this.#terminal.setRawMode(true);
    this.#terminal.setEncoding("utf8");
    this.#terminal.on("data", this.#pressed);
    this.#terminal.resume();
  };

  readonly #pressed = (key: string): void => {
    this.#stopAsking();
    if (key === CTRL_C) return this.#cancel();
    if (key === "d" || key === "D") return this.#leave();
    this.#leaving.tell("All goes on");
  };

  #leave(): void {
    const { info, end } = this.#leaving;
    end(new InterruptedError({ signal: "SIGINT", timeIsUp: false }, info.database, this.#calls()));
  }

  #cancel(): void {
    this.#leaving.tell("The Slurm jobs are being cancelled");
    this.#leaving.end(new CancelledByPersonError(this.#leaving.info.database));
  }

  #calls(): { readonly done: number; readonly running: number; readonly waiting: number } {
    return { done: 0, running: this.#leaving.jobs(), waiting: 0 };
  }

  #stopAsking(): void {
    if (!this.#asking) return;
    this.#asking = false;
    this.#terminal?.off("data", this.#pressed);
    this.#terminal?.setRawMode(false);
    this.#terminal?.pause();
  }
}
