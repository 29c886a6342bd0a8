/** The pages of a run that is watched: each asks for what it shows, and for no more than the screen has room for. */
import type { RunView } from "@hyperion-ts/control";

/** What a page has room for. */
export interface PageRoom {
  /** How wide a line may be. */
  readonly columns: number;
  /** So many lines, from the first of them on, are asked for. */
  readonly rows: number;
  /** Whether styles are shown. */
  readonly colour: boolean;
}

/** What a page shows. */
export interface PageContent {
  /** Stays above the others. */
  readonly heading: readonly string[];
  /** The first of its lines. */
  readonly lines: readonly string[];
  /** How many lines there are. */
  readonly total: number;
}

/** A page. */
export interface Page {
  /** One word. */
  readonly title: string;
  /** Asks the run. */
  readonly look: (view: RunView, room: PageRoom) => Promise<PageContent>;
}

/** A table as a page: its heading stays. */
export function tablePage(text: string, total?: number): PageContent {
  const [heading = "", ...lines] = linesOf(text);
  return { heading: [heading], lines, total: total ?? lines.length };
}

/** Text as a page. */
export function textPage(text: string): PageContent {
  const lines = linesOf(text);
  return { heading: [], lines, total: lines.length };
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/u, "").split("\n");
