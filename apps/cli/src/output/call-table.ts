/** Open calls as a table. Pure. */
import type { CallReport } from "@hyperion-ts/control";
import { countText, durationText, type Span } from "@hyperion-ts/progress";
import { type Column, tableText, type TableOptions } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { heading: "ID", right: true },
  { heading: "FUNCTION" },
  { heading: "STATE" },
  { heading: "FOR", right: true },
  { heading: "CPUS", right: true },
  { heading: "NODE" },
  { heading: "WAITS FOR, OR INPUT" },
];

/** The table, a row for each call. */
export const callTable = (calls: readonly CallReport[], options: TableOptions): string =>
  tableText(
    COLUMNS,
    calls.map((call) => [
      { text: call.id, style: "bold" },
      call.functionName,
      stageCell(call),
      durationText(call.forSeconds),
      countText(call.cpus),
      call.node ?? "",
      call.waiting?.text ?? call.input ?? "",
    ]),
    options,
  );

const stageCell = ({ stage }: CallReport): Span => ({
  text: stage,
  ...(stage === "running" ? { style: "green" } : stage === "ending" ? { style: "yellow" } : {}),
});
