/** Answers as text for people. */
import type { Figure } from "./figure.ts";
import { type Finding, isMet } from "./finding.ts";
import type { Machine } from "./machine.ts";
import type { Answer, Question } from "./question.ts";

/** The machine in a line. */
export const showMachine = ({ date, node, cpus, memoryGb, load }: Machine): string =>
  `${cpus}, ${memoryGb} GB, Node ${node}, ${date}, load ${load}`;

/** A question and its answer as a table, with what follows below. */
export function showAnswer({ name, asks }: Question, { figures, findings }: Answer): string {
  const header = ["", "median", "least", "most", ""];
  const table = aligned([header, ...figures.map(cells)]);
  return [`${name}: ${asks}`, ...table, ...findings.map(showFinding)]
    .map((line, i) => (i === 0 ? line : `  ${line}`))
    .join("\n");
}

const cells = ({ what, unit, median, least, most, samples }: Figure): string[] =>
  samples === 1
    ? [what, showNumber(median), "", "", unit]
    : [what, showNumber(median), showNumber(least), showNumber(most), unit];

/** Lines whose first column is left-aligned, and the numbers right-aligned. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function showFinding(finding: Finding): string {
  const { what, unit, value, gate } = finding;
  const said = `→ ${what}: ${showNumber(value)}${unit === "" ? "" : ` ${unit}`}`;
  if (gate === null) return said;
  return `${said}  ${isMet(finding) ? "✔" : "✗ MISSED:"} at ${gate.kind === "at-most" ? "most" : "least"} ${showNumber(gate.limit)}`;
}

/** Three digits that count; thousands are set apart. */
function showNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
