import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { FakeTerminal } from "@hyperion-ts/fake-terminal";

const hasScript = spawnSync("script", ["--version"]).error === undefined;
const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const { CI: _ci, NO_COLOR: _noColor, ...inherited } = process.env;
const env = { ...inherited, TERM: "xterm-256color" };

type Folder = Disposable & { readonly dir: string };

function folder(): Folder {
  const dir = mkdtempSync(join(tmpdir(), "hyperion-ts-progress-"));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. `onStdout` hears all that it has printed so far, whenever it prints. */
async function run(
  command: string,
  args: readonly string[],
  onStdout: (soFar: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  using stack = new DisposableStack();
  stack.defer(() => void child.kill("SIGKILL"));
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    onStdout(stdout, child);
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

/** What differs from run to run. */
const general = (output: string, { dir }: Folder): string =>
  output
    .replaceAll(dir, "DIR")
    .replaceAll(/\b\d+(?:\.\d)? s\b/g, "T s")
    .replaceAll(/\d\d:\d\d:\d\d/g, "HH:MM:SS")
    .replaceAll(/[\d.]+ calls\/(s|min)/g, "R calls/s")
    .replaceAll(/logs\/[\d-]+\/\w+/g, "logs/MONTH/ID")
    .replaceAll(/^\w{5} (?= results)/gm, "ID ")
    .replaceAll(/^\S+: 2 CPUs$/gm, "NODE: 2 CPUs");

const squares = (place: Folder, ms: number, ...numbers: readonly number[]): readonly string[] => [
  program("slow-squares.ts"),
  place.dir,
  String(ms),
  ...numbers.map(String),
];

describe("a program without a terminal", () => {
  test("tells on stderr what it did, that nothing is left to do the second time, and what it removed", async () => {
    using place = folder();
    const first = await run(process.execPath, squares(place, 10, 1, 2, 3));
    expect(first.stdout.trim().split("\n").sort()).toEqual([
      "1 squared is 1",
      "2 squared is 4",
      "3 squared is 9",
      "The job has begun",
    ]);
    expect(general(first.stderr, place)).toMatch(
      /^ID {2}results in DIR\/results.sqlite, logs in DIR\/logs\/MONTH\/ID\n(HH:MM:SS .*\n)*NODE: 2 CPUs\n(⚠ .*\n)?(HH:MM:SS .*\n)*HH:MM:SS {2}test\/slow-square 3\/3, R calls\/s\ndone in T s: 3 calls, 0 failed\n$/,
    );
    const second = await run(process.execPath, squares(place, 10, 1, 2, 3));
    expect(second.stderr).toMatch(/done in [\d.]+ s: nothing to compute: all 3 results were in the database\n$/);
    const third = await run(process.execPath, [program("forget-squares.ts"), place.dir, "2"]);
    expect(third.stderr).toMatch(
      /\nRemoved 2 results of map "squares"\n(HH:MM:SS .*\n)*done in [\d.]+ s: 2 results removed\n$/,
    );
  });

  test("tells of a failing call once, with its reason and its input", async () => {
    using place = folder();
    const { code, stderr } = await run(process.execPath, squares(place, 10, -1));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^✗ test\/slow-square failed on .*\n {2}RangeError: x must not be negative/m);
    expect(stderr.match(/must not be negative/g)).toHaveLength(1);
    // Behind it, where in the program it was called.
    expect(stderr).toMatch(/failed after [\d.]+ s: 1 call, 1 failed\n(?: +at .*slow-squares\.ts:\d+:\d+\)?\n)+$/);
  });

  test("tells of Ctrl-C, and nothing of the workers that it ends", async () => {
    using place = folder();
    let begun = false;
    const { code, stderr } = await run(process.execPath, squares(place, 60_000, 1, 2, 3), (soFar, child) => {
      if (!begun && soFar.includes("The job has begun")) begun = child.kill("SIGINT");
    });
    expect(code).toBe(1);
    const lines = general(stderr, place)
      .trimEnd()
      .split("\n")
      .filter((line) => !/^(ID|NODE|⚠|HH)/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^Interrupted by SIGINT: ending .* \.\.\.$/),
      expect.stringMatching(/^interrupted after T s: 0 calls, 0 failed/),
      "  what was stored is in DIR/results.sqlite: run the same command again to go on from there",
    ]);
  });
});

describe.skipIf(!hasScript)("a program on a terminal", () => {
  /** Runs a program on a pseudo-terminal that has so many columns; what came out of it, on a screen. */
  async function onTerminal(args: readonly string[], columns: number): Promise<FakeTerminal> {
    const terminal = new FakeTerminal(columns);
    terminal.write(await cameOutOfTerminal(args, columns));
    return terminal;
  }

  /** All that it wrote, with what was drawn over. */
  async function cameOutOfTerminal(args: readonly string[], columns: number): Promise<string> {
    const quoted = [process.execPath, ...args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
    const { stdout } = await run("script", ["-qec", `stty cols ${columns} rows 24; ${quoted}`, "/dev/null"]);
    return stdout.replaceAll("\r\n", "\n");
  }

  /** What was ever told of the calls, in order, without repetition. */
  const rowsOf = (output: string): readonly string[] => [
    ...new Set(stripVTControlCharacters(output).match(/test\/napping .*/g) ?? []),
  ];

  test("leaves its own lines, the final counts and the totals, and no trace of the blocks in between", async () => {
    using place = folder();
    const terminal = await onTerminal(squares(place, 400, 1, 2, 3, 4, 5, 6), 200);
    const lines = general(terminal.text, place).split("\n");
    expect(lines.filter((line) => line.includes("squared")).sort()).toEqual(
      [1, 2, 3, 4, 5, 6].map((x) => `${x} squared is ${x * x}`),
    );
    expect(lines.filter((line) => !line.includes("squared") && !line.startsWith("⚠"))).toEqual([
      "ID  results in DIR/results.sqlite, logs in DIR/logs/MONTH/ID",
      "The job has begun",
      expect.stringMatching(/^\w{5} {2}1 node, 2 CPUs +HH:MM:SS$/),
      "  ✔ test/slow-square  6/6  R calls/s",
      "done in T s: 6 calls, 0 failed",
    ]);
  });

  test("tells the whole number of an array from the start, and takes it back at no time", async () => {
    using place = folder();
    const rows = rowsOf(await cameOutOfTerminal([program("streaming.ts"), place.dir, "array", "30", "150"], 120));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter((row) => !/ \d+\/30 /.test(row))).toEqual([]);
  });

  test("tells no total of a stream, nor when it will be through", async () => {
    using place = folder();
    const rows = rowsOf(await cameOutOfTerminal([program("streaming.ts"), place.dir, "stream", "30", "150"], 120));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.slice(0, -1).filter((row) => / left|\d\/\d/.test(row) && !row.includes("30/30"))).toEqual([]);
  });

  test("tells one rate between counts, however often it is drawn", async () => {
    using place = folder();
    const rows = rowsOf(
      await cameOutOfTerminal([program("streaming.ts"), place.dir, "array", "80", "150"], 120),
    ).filter((row) => row.includes("running"));
    const counts = rows.map((row) =>
      row
        .replace(/[\d.]+ calls\/s.*/, "")
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
    expect(counts.length).toBeGreaterThan(3);
    expect(counts).toEqual([...new Set(counts)]);
  });

  test("ends although nobody ended its display", async () => {
    expect((await onTerminal([program("forgotten-display.ts")], 80)).text).toContain("starting");
  });
});
