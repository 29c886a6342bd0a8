/** Rows of numbers as text, in columns. */

/**
 * One line for each row, under a line of headings. Numbers are written in full, so that what can be read is exact,
 * and stand under each other by their decimal points.
 */
export function table(headings: readonly string[], rows: readonly (readonly number[])[]): string {
  const columns = headings.map((heading, i) =>
    column(
      heading,
      rows.map((row) => row[i] ?? Number.NaN),
    ),
  );
  return [headings, ...rows]
    .map((_, line) =>
      columns
        .map((cells) => cells[line])
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A heading and its numbers, all of the same length. */
function column(heading: string, values: readonly number[]): string[] {
  const parts = values.map((value) => halves(String(value)));
  const wholeWidth = longest(parts.map(({ whole }) => whole));
  const fractionWidth = longest(parts.map(({ fraction }) => fraction));
  const cells = [
    heading,
    ...parts.map(({ whole, fraction }) => whole.padStart(wholeWidth) + fraction.padEnd(fractionWidth)),
  ];
  const width = longest(cells);
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(width) : cell.padStart(width)));
}

/** A number's text before its decimal point, and from there on. */
function halves(text: string): { readonly whole: string; readonly fraction: string } {
  const at = text.indexOf(".");
  return at < 0 ? { whole: text, fraction: "" } : { whole: text.slice(0, at), fraction: text.slice(at) };
}

const longest = (texts: readonly string[]): number => texts.reduce((width, text) => Math.max(width, text.length), 0);
