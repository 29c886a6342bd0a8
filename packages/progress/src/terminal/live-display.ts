/** Progress on a terminal: a block that is redrawn in place, with what happened above it. */
import { after, type Timer } from "@hyperion-ts/bounds";
import type { StampedEvent } from "../events/run-event.ts";
import { steadyNowMs } from "@hyperion-ts/bounds";
import { eventLines } from "../texts/event-lines.ts";
import { LiveBlock } from "./live-block.ts";
import { liveLines } from "../texts/live-lines.ts";
import type { OutputStream } from "./output-stream.ts";
import { nextRunState, NO_RUN, type RunState } from "../state/run-state.ts";

const MIN_REDRAW_MS = 100;
/** The clock and the rates change also when nothing happens. */
const CLOCK_MS = 1_000;

/** How a run is shown on a terminal. */
export interface LiveDisplayOptions {
  /** Whether styles are shown. */
  readonly colour: boolean;
  /** Streams of the same terminal, perhaps, that the program writes to. */
  readonly programStreams: readonly OutputStream[];
}

/** The display of one run on a terminal. */
export class LiveDisplay implements Disposable {
  readonly #stream: OutputStream;
  readonly #block: LiveBlock;
  readonly #clock: NodeJS.Timeout;
  #state: RunState = NO_RUN;
  #redraw: Timer | undefined;
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  constructor(stream: OutputStream, options: LiveDisplayOptions) {
    this.#stream = stream;
    this.#block = new LiveBlock(stream, { ...options, gaveWay: this.#drawAfterwards });
    this.#clock = setInterval(() => this.#drawSoon(), CLOCK_MS).unref();
    stream.on("resize", this.#resized);
  }

  /** Takes in an event. */
  show(stamped: StampedEvent): void {
    const before = this.#state;
    if (before.phase.kind === "ended") return;
    const nowMs = steadyNowMs();
    this.#state = nextRunState(before, stamped.event, nowMs);
    const lines = eventLines({ before, after: this.#state }, stamped.event, true);
    if (stamped.event.type === "run-ended") this.#drawLast(nowMs);
    if (lines.length > 0) this.#block.print(lines);
    if (this.#state !== before || lines.length > 0) this.#drawSoon();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#clock);
    this.#redraw?.[Symbol.dispose]();
    this.#stream.off("resize", this.#resized);
    this.#block[Symbol.dispose]();
  }

  readonly #resized = (): void => this.#drawSoon();

  /** Draws at once, or when the last time is long enough ago. */
  #drawSoon(): void {
    const waitMs = this.#drawnAtMs + MIN_REDRAW_MS - steadyNowMs();
    if (waitMs > 0) this.#drawIn(waitMs);
    else if (this.#isUp) this.#draw(steadyNowMs());
  }

  /** Draws in a moment: somebody else is about to write. */
  readonly #drawAfterwards = (): void => this.#drawIn(this.#drawnAtMs + MIN_REDRAW_MS - steadyNowMs());

  #drawIn(waitMs: number): void {
    if (this.#isUp) this.#redraw ??= after(Math.max(waitMs, 1), () => this.#draw(steadyNowMs())).unref();
  }

  get #isUp(): boolean {
    return this.#state !== NO_RUN && this.#state.phase.kind !== "ended";
  }

  #draw(nowMs: number): void {
    this.#redraw?.[Symbol.dispose]();
    this.#redraw = undefined;
    this.#drawnAtMs = nowMs;
    this.#block.draw(liveLines(this.#state, nowMs, this.#block.size));
  }

  /** The final counts stay on the screen, if there are any. */
  #drawLast(nowMs: number): void {
    if (this.#state.functions.length === 0) return;
    this.#draw(nowMs);
    this.#block.leave();
  }
}
