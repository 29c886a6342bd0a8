/**
 * A run on the whole screen, as it goes on. It is asked once a second, or more seldom where answers are dear to work out or the
 * screen is slow, so that watching takes a small part of one CPU; and at once where a key asks for something else.
 */
import type { FoundRun } from "@hyperion-ts/control";
import { steadyNowMs } from "@hyperion-ts/bounds";
import { EXIT_CODES, type ExitCode } from "../output/exit-code.ts";
import { type Terminal, usesColour } from "../output/terminal.ts";
import { FRAME_ROWS, type Frame, frameLines } from "./frame-lines.ts";
import type { Page } from "./pages.ts";
import { textPage } from "./pages.ts";
import { runPages } from "./run-pages.ts";
import { TerminalHold } from "./terminal-hold.ts";
import { afterKey, type ViewRoom, type ViewState, within } from "./view-state.ts";
import { type Look, WatchedRun } from "./watched-run.ts";

const LOOK_EVERY_MS = 1_000;
/** A look that took so much CPU time is followed by a pause of so many times that. */
const REST_FACTOR = 30;
const CLOCK_MS = 1_000;

/** What is shown, and where. */
interface WatchOptions {
  readonly page: number;
  readonly terminal: Terminal;
  /** What to call where there is no terminal. */
  readonly instead: string;
  /** The id of a Slurm job of the run: what runs within it is shown. */
  readonly job?: string | undefined;
}

/** Shows the run, beginning with that page (from 0 on), until a person quits. Resolves with the exit code; `usage` where there is no terminal. */
export async function watchRun(found: FoundRun, { page, terminal, instead, job }: WatchOptions): Promise<ExitCode> {
  const { stdin, stdout, stderr } = terminal;
  if (stdin?.isTTY !== true || stdout.isTTY !== true || terminal.env["TERM"] === "dumb") {
    stderr.write(`hyperion: This is shown on a terminal alone, with keys. Without one: ${instead}\n`);
    return EXIT_CODES.usage;
  }
  const view = new RunOnScreen(new WatchedRun(found, job), page, usesColour(terminal));
  using hold = new TerminalHold(stdin, stdout, view);
  return await view.show(hold);
}

class RunOnScreen {
  readonly #run: WatchedRun;
  readonly #pages: readonly Page[] = runPages();
  readonly #colour: boolean;
  readonly #quit = Promise.withResolvers<ExitCode>();
  #state: ViewState;
  #seen: Look | undefined;
  /** When the run was asked for what it has not answered yet; undefined: for nothing. */
  #askedAtMs: number | undefined;
  #hold: TerminalHold | undefined;
  /** Ends the pause between two looks. */
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(run: WatchedRun, page: number, colour: boolean) {
    this.#run = run;
    this.#state = { page, offset: 0, help: false };
    this.#colour = colour;
  }

  async show(hold: TerminalHold): Promise<ExitCode> {
    this.#hold = hold;
    const clock = setInterval(() => this.#draw(), CLOCK_MS);
    try {
      this.#draw();
      return await Promise.race([this.#quit.promise, this.#lookAgainAndAgain()]);
    } finally {
      this.#isOver = true;
      this.#wake();
      clearInterval(clock);
    }
  }

  readonly pressed = (key: string): void => {
    const before = this.#state;
    const after = afterKey(before, key, this.#room);
    if (after === "quit") return this.#quit.resolve(EXIT_CODES.done);
    this.#state = after;
    if (after.page !== before.page) this.#seen = undefined;
    this.#draw();
    // Another page, or lines of it that were not asked for.
    if (after.page !== before.page || after.offset !== before.offset) this.#wake();
  };

  readonly redraw = (): void => {
    this.#state = within(this.#state, this.#room);
    this.#draw();
    this.#wake();
  };

  readonly hungUp = (): void => this.#quit.resolve(EXIT_CODES.done);

  /** Never resolves. */
  async #lookAgainAndAgain(): Promise<never> {
    while (!this.#isOver) {
      const before = process.cpuUsage();
      const { page } = this.#state;
      this.#askedAtMs = steadyNowMs();
      const look = await this.#look();
      this.#askedAtMs = undefined;
      // Meanwhile a key may have asked for another page.
      if (page !== this.#state.page) continue;
      this.#seen = look;
      this.#state = within(this.#state, this.#room);
      this.#draw();
      const { user, system } = process.cpuUsage(before);
      const hasEnded = look.report.phase.kind === "ended" || look.report.phase.kind === "lost";
      await this.#pause(hasEnded ? null : Math.max(LOOK_EVERY_MS, (REST_FACTOR * (user + system)) / 1_000));
    }
    return Promise.withResolvers<never>().promise;
  }

  async #look(): Promise<Look> {
    const { page, offset } = this.#state;
    const { columns, rows } = this.#size;
    const wanted = this.#pages[page];
    if (wanted === undefined) throw new RangeError(`There is no page ${page + 1}`);
    return this.#run.look(wanted, { columns, rows: offset + rows, colour: this.#colour });
  }

  /** Until the next look is due, or a key asks for one; null: only then. */
  #pause(ms: number | null): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = ms === null ? undefined : setTimeout(over.resolve, ms);
    this.#wake = over.resolve;
    return over.promise.finally(() => clearTimeout(timer));
  }

  get #size(): { readonly columns: number; readonly rows: number } {
    return this.#hold?.screen.size ?? { columns: 80, rows: 24 };
  }

  get #room(): ViewRoom {
    const { heading, total } = this.#content;
    return {
      pages: this.#pages.length,
      rows: Math.max(1, this.#size.rows - FRAME_ROWS - heading.length),
      lines: total,
    };
  }

  get #content(): Look["content"] {
    return this.#seen?.content ?? textPage("");
  }

  #draw(): void {
    const frame: Frame = {
      state: this.#state,
      titles: this.#pages.map(({ title }) => title),
      report: this.#seen?.report,
      content: this.#content,
      silentSeconds: this.#askedAtMs === undefined ? 0 : (steadyNowMs() - this.#askedAtMs) / 1_000,
    };
    this.#hold?.screen.draw(frameLines(frame, this.#size, this.#colour));
  }
}
