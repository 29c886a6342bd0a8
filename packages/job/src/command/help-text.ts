/** What `--help` of a program says. Pure. */
import type { OptionType, ProgramOption } from "./program-options.ts";

/** The program. */
export interface HelpOf {
  /** Its file. */
  readonly name: string;
  readonly own: readonly ProgramOption[];
  /** Its directory. */
  readonly dir: string;
  readonly summary: string | undefined;
}

/** With a newline at its end. */
export function helpText({ name, own, dir, summary }: HelpOf): string {
  const rows = [
    ...own.map((option): Row => [optionText(option), noteText(option)]),
    ["--local", "on this machine, without Slurm"] as const,
    ["--slurm", "by Slurm, or not at all"] as const,
    ["--dir <dir>", `where results and logs are (default: ${dir})`] as const,
    ["-h, --help", "show help"] as const,
  ];
  const width = Math.max(...rows.map(([option]) => option.length));
  return [
    `Usage: ${name} [options]`,
    "",
    ...(summary === undefined ? [] : [summary, ""]),
    "Options:",
    ...rows.map(([option, note]) => `  ${option.padEnd(width)}  ${note}`.trimEnd()),
    "",
  ].join("\n");
}

type Row = readonly [option: string, note: string];

function optionText({ name, type, isList, byDefault }: ProgramOption): string {
  if (type.kind === "flag") return byDefault === true ? `--no-${name}` : `--${name}`;
  return `--${name} <${valueText(type)}>${isList ? " ..." : ""}`;
}

function valueText(type: Exclude<OptionType, { readonly kind: "flag" }>): string {
  switch (type.kind) {
    case "number":
      return type.whole ? "whole number" : "number";
    case "text":
      return "text";
    case "choice":
      return type.choices.join("|");
    case "json":
      return "JSON";
    default:
      return type satisfies never;
  }
}

function noteText({ description, type, isNeeded, isList, byDefault }: ProgramOption): string {
  const ofDefault = byDefault === undefined || type.kind === "flag" ? "" : `default: ${shown(byDefault)}`;
  const facts = [isNeeded ? "has to be given" : "", isList ? "again for another" : "", ofDefault];
  const known = facts.filter((fact) => fact !== "").join(", ");
  return [description, known === "" ? "" : `(${known})`].filter((part) => part !== "").join(" ");
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
