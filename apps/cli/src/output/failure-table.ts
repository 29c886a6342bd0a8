/** Calls that failed as a table. Pure. */
import type { FailureReport } from "@hyperion-ts/control";
import { type Column, tableText, type TableOptions } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { heading: "ID", right: true },
  { heading: "AT (UTC)" },
  { heading: "FUNCTION" },
  { heading: "NODE" },
  { heading: "HOW" },
  { heading: "MESSAGE" },
];

/** The table, a row for each failure. */
export const failureTable = (failures: readonly FailureReport[], options: TableOptions): string =>
  tableText(
    COLUMNS,
    failures.map(({ id, at, functionName, node, reason, message }) => [
      { text: id, style: "red" },
      at.slice(11, 19),
      functionName,
      node,
      reason,
      message.split("\n")[1]?.trim() ?? message,
    ]),
    options,
  );
