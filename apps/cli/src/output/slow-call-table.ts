/** Slow calls as a table. Pure. */
import { countText, durationText } from "@hyperion-ts/progress";
import type { SlowCall } from "../slowest-calls.ts";
import { type Column, tableText, type TableOptions } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { heading: "ID", right: true },
  { heading: "FUNCTION" },
  { heading: "STATE" },
  { heading: "RAN", right: true },
  { heading: "CPUS", right: true },
  { heading: "NODE" },
  { heading: "INPUT" },
];

/** The table, a row for each call. */
export const slowCallTable = (calls: readonly SlowCall[], options: TableOptions): string =>
  tableText(
    COLUMNS,
    calls.map(({ id, functionName, outcome, seconds, cpus, node, input }) => [
      { text: id, style: "bold" },
      functionName,
      outcome === "running"
        ? { text: outcome, style: "green" }
        : outcome === "done"
          ? outcome
          : { text: outcome, style: "red" },
      durationText(seconds),
      countText(cpus),
      node,
      input ?? "",
    ]),
    options,
  );
