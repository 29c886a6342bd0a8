/** A page on a screen: its title above, the keys below. Pure. */
import { commandText, type RunReport } from "@hyperion-ts/control";
import { countText, durationText, paintLine, type Span, type StyledLine } from "@hyperion-ts/progress";
import type { ScreenSize } from "./full-screen.ts";
import type { PageContent } from "./pages.ts";
import type { ViewState } from "./view-state.ts";

/** So many lines of a screen are not the page's. */
export const FRAME_ROWS = 2;
/** An answer that takes longer is said to be missing. */
const LATE_SECONDS = 3;

/** What a screen shows. */
export interface Frame {
  readonly state: ViewState;
  /** The titles of all pages. */
  readonly titles: readonly string[];
  /** What was seen last; undefined: nothing yet. */
  readonly report: RunReport | undefined;
  readonly content: PageContent;
  /** So long the run has not answered. */
  readonly silentSeconds: number;
}

/** The lines of a screen of this size, all of them. */
export function frameLines(frame: Frame, { columns, rows }: ScreenSize, colour: boolean): readonly string[] {
  const { state, content } = frame;
  const paint = (line: StyledLine): string => paintLine(line, { columns, colour });
  const room = Math.max(0, rows - FRAME_ROWS);
  const shown = state.help
    ? HELP.map((line) => paint([{ text: line }]))
    : [...content.heading, ...content.lines.slice(state.offset, state.offset + room - content.heading.length)];
  const page = shown.slice(0, room);
  return [
    paint(titleLine(frame)),
    ...page,
    ...Array.from({ length: room - page.length }, () => ""),
    paint(keyLine(frame, room)),
  ];
}

/** `q7RkW roots.ts   [1 run]  2 calls  3 failures`. */
function titleLine({ state, titles, report }: Frame): StyledLine {
  const run = report?.run;
  const program = run !== undefined && "command" in run ? ` ${commandText(run.command)}` : "";
  return [
    ...titles.map((title, at): Span => {
      const text = `${at + 1} ${title}`;
      return at === state.page ? { text: `[${text}] `, style: "bold" } : { text: ` ${text}  `, style: "dim" };
    }),
    { text: "  " },
    { text: `${run?.id ?? ""}${program}`, style: "dim" },
  ];
}

function keyLine(frame: Frame, room: number): StyledLine {
  const { state, content } = frame;
  const rows = room - content.heading.length;
  const last = Math.min(content.total, state.offset + rows);
  const where =
    content.total > rows ? `${countText(state.offset + 1)}-${countText(last)} of ${countText(content.total)}  ` : "";
  return [
    noticeOf(frame),
    { text: `${where}q quit  tab 1-${frame.titles.length} pages  up down page scroll  ? help`, style: "dim" },
  ];
}

/** What a person has to know of the run, whichever page they look at. */
function noticeOf({ report, silentSeconds }: Frame): Span {
  const phase = report?.phase ?? { kind: "running" };
  switch (phase.kind) {
    case "ended":
      return { text: `The run has ended: ${phase.outcome}.  `, style: phase.outcome === "failed" ? "red" : "bold" };
    case "lost":
      return { text: "The run was killed.  ", style: "red" };
    case "interrupted":
      return { text: "The run is being ended.  ", style: "yellow" };
    case "running":
      return silentSeconds < LATE_SECONDS
        ? { text: "" }
        : { text: `No answer for ${durationText(silentSeconds)}.  `, style: "yellow" };
    default:
      return phase satisfies never;
  }
}

const HELP = [
  "",
  "  q, Ctrl-C           quit; the run goes on",
  "  tab, right          the next page; shift-tab, left: the one before",
  "  1 to 5              a page",
  "  up, down, k, j      a line up, or down",
  "  page up, page down  a screen up, or down; b and space, too",
  "  home, end           the first line, or the last",
  "  ?                   these lines; any key goes back",
  "",
  "  An id that stands here can be given to hyperion explain, logs and cancel.",
];
