/**
 * What Ctrl-C means for Slurm jobs. On a terminal a person is asked: they can go on without the program, or be cancelled.
 * Elsewhere they go on, as after every other signal.
 */
import type { ReadStream } from "node:tty";
import type { InterruptedError, RunEvents } from "@hyperion-ts/job";
import { isInForeground } from "./foreground.ts";
import { KeyPress } from "./key-press.ts";

/** A person has cancelled the program's jobs. */
export class CancelledByPersonError extends Error {
  override readonly name = "CancelledByPersonError";
  readonly code = "cancelled-by-person";

  /** `by` is what the person did: `"Ctrl-C"`, `"hyperion stop --jobs"`. */
  constructor(database: string, by: string) {
    super(
      `Cancelled with ${by}, and all Slurm jobs of the program with it. Everything that was stored is in ${database}: run the same command again to go on from there`,
    );
  }
}

/** Who has to do with it. */
export interface Leaving {
  /** The file of the results database, for messages. */
  readonly database: string;
  /** How many Slurm jobs there are. */
  readonly jobs: () => number;
  /** The error of a program that leaves its jobs after Ctrl-C. */
  readonly left: () => InterruptedError;
  readonly events: RunEvents;
  /** Whether somebody shows events to the person. */
  readonly shown: boolean;
  /** Ends the program. */
  readonly end: (reason: Error) => void;
}

type State =
  | { readonly kind: "goes-on" }
  | { readonly kind: "asking"; readonly keys: KeyPress }
  /** The program ends. */
  | { readonly kind: "ending" };

const CTRL_C = "\u0003";
/** What a shell expects of a program that Ctrl-C ended. */
const EXIT_CODE = 130;

/** Listens to Ctrl-C, until it is disposed of. */
export class LeaveOrCancel implements Disposable {
  readonly #leaving: Leaving;
  #state: State = { kind: "goes-on" };

  constructor(leaving: Leaving) {
    this.#leaving = leaving;
    process.on("SIGINT", this.#interrupted);
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#interrupted);
    this.#stopAsking();
  }

  readonly #interrupted = (): void => {
    switch (this.#state.kind) {
      case "goes-on":
        return this.#ask();
      case "asking":
        // On the terminal it is a key by now: this one was pressed before the question could be read, or sent from elsewhere.
        return this.#leave();
      case "ending":
        // A person wants it to end, now.
        process.exit(EXIT_CODE);
      default:
        this.#state satisfies never;
    }
  };

  #ask(): void {
    const terminal = terminalOfPerson();
    if (terminal === undefined || this.#leaving.jobs() === 0) return this.#leave();
    const keys = new KeyPress(terminal, () => this.#tellQuestion(questionAbout(this.#leaving.jobs())), this.#pressed);
    this.#state = { kind: "asking", keys };
  }

  readonly #pressed = (key: string): void => {
    this.#stopAsking();
    if (key === CTRL_C) return this.#cancel();
    if (key === "d" || key === "D") return this.#leave();
    this.#tell("All goes on");
  };

  #leave(): void {
    this.#end(this.#leaving.left());
  }

  #cancel(): void {
    this.#tell("The Slurm jobs are being cancelled; Ctrl-C ends the program at once");
    this.#end(new CancelledByPersonError(this.#leaving.database, "Ctrl-C"));
  }

  #end(reason: Error): void {
    this.#stopAsking();
    this.#state = { kind: "ending" };
    this.#leaving.end(reason);
  }

  #stopAsking(): void {
    if (this.#state.kind !== "asking") return;
    this.#state.keys[Symbol.dispose]();
    this.#state = { kind: "goes-on" };
    this.#leaving.events.emit({ type: "question", text: null });
  }

  #tellQuestion(text: string): void {
    this.#leaving.events.emit({ type: "question", text });
    if (!this.#leaving.shown) process.stderr.write(`${text}\n`);
  }

  #tell(message: string): void {
    this.#leaving.events.emit({ type: "log", message });
    if (!this.#leaving.shown) process.stderr.write(`${message}\n`);
  }
}

/** undefined where nobody can read a question and press a key. */
const terminalOfPerson = (): ReadStream | undefined =>
  process.stdin.isTTY && process.stderr.isTTY && isInForeground() ? process.stdin : undefined;

function questionAbout(jobs: number): string {
  const [what, they, them] =
    jobs === 1 ? ["1 Slurm job waits or runs", "it goes", "it"] : [`${jobs} Slurm jobs wait or run`, "they go", "them"];
  return [
    `${what}. Press a key:`,
    `d       ${they} on without the program; run it again to join ${them}`,
    `Ctrl-C  cancel ${them}, and end the program`,
    `other   go on as if nothing had happened`,
  ].join("\n");
}
