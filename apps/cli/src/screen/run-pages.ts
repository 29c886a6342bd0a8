/** What can be watched of a run, page by page. */
import { callTable } from "../output/call-table.ts";
import { failureTable } from "../output/failure-table.ts";
import { type Page, tablePage, textPage } from "./pages.ts";
import { usagePages } from "./usage-pages.ts";

/** A block shows as many functions and Slurm jobs as it has room for, and a page has room for all. */
const ALL_ROWS = 10_000;

/** The pages, in their order: how far the run is, its calls, what failed, and what its workers and nodes use. */
export const runPages = (): readonly Page[] => [
  {
    title: "run",
    look: async (view, { columns, colour }) => textPage(await view.text({ columns, colour, rows: ALL_ROWS })),
  },
  {
    title: "calls",
    look: async (view, room) => {
      const { calls, total } = await view.calls(room.rows);
      return total === 0 ? textPage("No call is open.") : tablePage(callTable(calls, room), total);
    },
  },
  {
    title: "failures",
    look: async (view, room) => {
      const failures = (await view.failures()).toReversed();
      return failures.length === 0 ? textPage("No call has failed.") : tablePage(failureTable(failures, room));
    },
  },
  ...usagePages(),
];

/** The page of what workers use, from 0 on. */
export const WORKERS_PAGE = 3;
