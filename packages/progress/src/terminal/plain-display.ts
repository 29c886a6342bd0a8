/** Progress as lines that are kept, without repetition: in a file, or in continuous integration. */
import type { StampedEvent } from "../events/run-event.ts";
import { steadyNowMs } from "@hyperion-ts/bounds";
import { countsLine } from "../texts/counts-line.ts";
import { eventLines } from "../texts/event-lines.ts";
import type { OutputStream } from "./output-stream.ts";
import { nextRunState, NO_RUN, type RunState } from "../state/run-state.ts";
import { type StyledLine, paintLine } from "../texts/styled-line.ts";
import { isSilent, waitText } from "../texts/wait-text.ts";

const COUNTS_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/** The display of one run as lines. */
export class PlainDisplay implements Disposable {
  readonly #stream: OutputStream;
  readonly #clock: NodeJS.Timeout;
  #state: RunState = NO_RUN;
  /** What the last counts line told, and when. */
  #told: RunState = NO_RUN;
  #toldAtMs = steadyNowMs();
  /** The beginning of the last silence that was told. */
  #toldIdleSinceMs: number | null = null;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#clock = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Takes in an event. */
  show(stamped: StampedEvent): void {
    const before = this.#state;
    if (before.phase.kind === "ended") return;
    const nowMs = steadyNowMs();
    this.#state = nextRunState(before, stamped.event, nowMs);
    if (stamped.event.type === "run-ended") this.#tellCounts(nowMs);
    this.#print(eventLines({ before, after: this.#state }, stamped.event, false));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#clock);
  }

  #look(): void {
    const nowMs = steadyNowMs();
    const { idleSinceMs } = this.#state;
    if (this.#state.phase.kind !== "ended" && isSilent(this.#state, nowMs) && idleSinceMs !== this.#toldIdleSinceMs) {
      this.#toldIdleSinceMs = idleSinceMs;
      this.#tellState(nowMs);
    } else if (nowMs - this.#toldAtMs >= COUNTS_EVERY_MS) this.#tellCounts(nowMs);
  }

  /** Each counts event brings a new array, and comes only when something has changed. */
  #tellCounts(nowMs: number): void {
    const { functions } = this.#state;
    if (functions !== this.#told.functions && functions.length > 0) this.#tellState(nowMs);
  }

  #tellState(nowMs: number): void {
    if (this.#state.functions.length === 0 && waitText(this.#state) === null) return;
    this.#told = this.#state;
    this.#toldAtMs = nowMs;
    this.#print([countsLine(this.#state, nowMs)]);
  }

  #print(lines: readonly StyledLine[]): void {
    if (lines.length > 0)
      this.#stream.write(lines.map((line) => `${paintLine(line, { columns: null, colour: false })}\n`).join(""));
  }
}
