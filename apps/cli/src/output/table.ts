/** Rows under headings, within the width of the screen: the last column takes what is left, and is cut. Pure. */
import { paintLine, printable, type Span, type StyledLine, textWidth } from "@hyperion-ts/progress";

/** A column of a table. */
export interface Column {
  /** In capitals. */
  readonly heading: string;
  /** Numbers are flush right. */
  readonly right?: boolean;
}

/** How a table is written. */
export interface TableOptions {
  /** How wide a line may be. */
  readonly columns: number;
  /** Whether styles are shown. */
  readonly colour: boolean;
}

const GAP = "  ";

/** The table as text; each row has a cell for each column. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly (Span | string)[])[],
  options: TableOptions,
): string {
  const heads = columns.map(({ heading }): Span => ({ text: heading, style: "dim" }));
  const table = [heads, ...rows.map((row) => row.map(asSpan))];
  const widths = columns.map((_, at) => Math.max(...table.map((row) => textWidth(row[at]?.text ?? ""))));
  return table.map((row) => `${paintLine(lineOf(columns, row, widths), options).trimEnd()}\n`).join("");
}

const asSpan = (cell: Span | string): Span => {
  const span = typeof cell === "string" ? { text: cell } : cell;
  return { ...span, text: printable(span.text.replaceAll("\n", " ")) };
};

const lineOf = (columns: readonly Column[], row: readonly Span[], widths: readonly number[]): StyledLine =>
  row.flatMap((cell, at): StyledLine => {
    const isLast = at === columns.length - 1 && columns[at]?.right !== true;
    const padding = " ".repeat(isLast ? 0 : Math.max(0, (widths[at] ?? 0) - textWidth(cell.text)));
    const gap = at === 0 ? "" : GAP;
    return columns[at]?.right === true ? [{ text: gap + padding }, cell] : [{ text: gap }, cell, { text: padding }];
  });
