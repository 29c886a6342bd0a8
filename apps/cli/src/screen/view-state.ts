/** Which part of a run a person looks at, and what follows from a key. Pure. */

/** What the person looks at. */
export interface ViewState {
  /** The page, from 0 on. */
  readonly page: number;
  /** So many of its lines are above the screen. */
  readonly offset: number;
  /** Whether the keys are explained in its place. */
  readonly help: boolean;
}

/** What there is to look at. */
export interface ViewRoom {
  /** How many pages there are. */
  readonly pages: number;
  /** How many lines of the page the screen has room for. */
  readonly rows: number;
  /** How many lines the page has. */
  readonly lines: number;
}

/** The state behind a key, by the name that Node's `readline` gives it; `quit` where it ends the view. */
export function afterKey(state: ViewState, key: string, room: ViewRoom): ViewState | "quit" {
  if (key === "q") return "quit";
  if (state.help) return { ...state, help: false };
  switch (key) {
    case "?":
    case "h":
      return { ...state, help: true };
    case "tab":
    case "right":
      return pageOf((state.page + 1) % room.pages);
    case "shift-tab":
    case "left":
      return pageOf((state.page + room.pages - 1) % room.pages);
    default: {
      const page = Number(key) - 1;
      return Number.isInteger(page) && page >= 0 && page < room.pages ? pageOf(page) : scrolled(state, key, room);
    }
  }
}

/** The state with an offset that the page has: it may have fewer lines than before. */
export const within = (state: ViewState, { rows, lines }: ViewRoom): ViewState => ({
  ...state,
  offset: Math.max(0, Math.min(state.offset, lines - rows)),
});

const pageOf = (page: number): ViewState => ({ page, offset: 0, help: false });

function scrolled(state: ViewState, key: string, room: ViewRoom): ViewState {
  const by = linesOf(key, room);
  return by === 0 ? state : within({ ...state, offset: state.offset + by }, room);
}

/** How far the key goes down. */
function linesOf(key: string, { rows, lines }: ViewRoom): number {
  switch (key) {
    case "down":
    case "j":
      return 1;
    case "up":
    case "k":
      return -1;
    case "pagedown":
    case "space":
      return rows;
    case "pageup":
    case "b":
      return -rows;
    case "end":
      return lines;
    case "home":
      return -lines;
    default:
      return 0;
  }
}
