/** The command line itself: its help, its mistakes, and what Tab completes. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { COMMANDS } from "../src/commands.ts";
import { complete } from "../src/complete.ts";
import { hyperion, TestFolder } from "./world.ts";

const main = join(import.meta.dirname, "../src/main.ts");
const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

test.each(COMMANDS.map(({ name }) => name))(
  "the help of %s has examples, fits 80 columns, and stands in README",
  async (name) => {
    const { code, out } = await hyperion(name, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(/\nExamples:\n {2}\S/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(readme).toContain(`$ hyperion ${name} --help\n${out.trimEnd()}\n`);
  },
);

test.each([
  [["stat"], "Did you mean one of"],
  [["tasks", "--runing"], "Did you mean --running?"],
  [["tasks", "--most", "0"], "whole number from 1 on"],
  [["explain"], "missing required argument"],
  [["results", "--format", "xml"], "Allowed choices are table, json, ndjson, csv"],
])("%j is a mistake that is explained", async (args, words) => {
  const { code, out, err } = await hyperion(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(words);
});

test.each([
  [["ta"], ["tasks"]],
  [
    ["tasks", "--r"],
    ["--running", "--run"],
  ],
  [
    ["results", "--format", ""],
    ["table", "json", "ndjson", "csv"],
  ],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["help", "ex"], ["explain"]],
])("Tab after %j completes %j", (words, completions) => {
  const written = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    complete(words);
    const lines = written.mock.calls.map(([line]) => String(line).split("\t")[0]);
    expect(lines).toEqual([...completions, ":4"]);
  } finally {
    written.mockRestore();
  }
});

test("bash, zsh and fish get a script, which bash can read", () => {
  const script = (shell: string): string =>
    execFileSync(process.execPath, [main, "completion", shell], { encoding: "utf8" });
  execFileSync("bash", ["-n"], { input: script("bash") });
  expect(script("zsh")).toMatch(/^#compdef hyperion\n/);
  expect(script("fish")).toContain("complete -c hyperion");
});

test.skipIf(spawnSync("fish", ["--version"]).status !== 0)("fish completes with it", () => {
  using folder = new TestFolder();
  const command = join(folder.path, "hyperion");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
  const completed = (line: string): readonly string[] =>
    execFileSync("fish", ["--no-config", "-c", 'hyperion completion fish | source; complete -C "$argv[1]"', line], {
      encoding: "utf8",
      env: { ...process.env, HOME: folder.path, PATH: `${folder.path}:${process.env["PATH"]}` },
    })
      .trim()
      .split("\n");
  expect(completed("hyperion ta")).toEqual(["tasks\tlist calls that run and wait, that failed, or that took longest"]);
  expect(completed("hyperion results --format ").toSorted()).toEqual(["csv", "json", "ndjson", "table"]);
});
