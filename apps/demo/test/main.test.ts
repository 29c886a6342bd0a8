/** The demo as a person runs it: real processes, in a folder of its own. */
import { stillAlive, untilGone } from "@hyperion-ts/processes";
import { expect, test } from "vitest";
import { type Folder, runDemo, startDemo, storedResults, temporaryFolder, untilSearching } from "./world.ts";

/** A search of 30 roots that lasts long enough to be interrupted. */
const SEARCH = ["--points", "10", "--cpus", "2", "--work-ms", "100"];

test("a run prints a table of right brackets, and a second one says that nothing was computed", async () => {
  using folder = temporaryFolder();
  const args = ["--points", "4", "--range", "2", "--eps", "1e-6", "--cpus", "2", "--work-ms", "0"];
  const first = await runDemo(folder, ...args);
  expect(first).toMatchObject({ code: 0, signal: null });
  expect(first.stdout).toContain("12 brackets: 12 computed now, 0 from earlier runs");
  const rows = rowsOf(first.stdout);
  expect(rows.map(({ n, x }) => [n, x])).toEqual([2, 3, 4].flatMap((n) => [0.5, 1, 1.5, 2].map((x) => [n, x])));
  for (const { n, x, low, high } of rows) {
    expect(low ** n <= x && x <= high ** n).toBe(true);
    expect(high - low).toBeLessThanOrEqual(1e-6);
  }

  const second = await runDemo(folder, ...args);
  expect(second.code).toBe(0);
  expect(second.stdout).toContain("Nothing was computed: all 12 brackets are from earlier runs");
  expect(rowsOf(second.stdout)).toEqual(rows);
});

test("Ctrl-C ends everything and says how to go on; the next run computes only the rest", async () => {
  using folder = temporaryFolder();
  await using program = startDemo(folder, ...SEARCH);
  await untilSearching(folder, 7);
  const started = program.processes();
  // As the terminal does: to the program's whole process group.
  process.kill(-program.pid, "SIGINT");
  const { code, stdout, stderr } = await program.ended;
  expect(stillAlive(started)).toEqual([]);
  expect(code).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toContain(folder.database);
  expect(stderr).toMatch(/same command again/);
  await expectRest(folder);
});

test("after kill -9 nothing of the program is left, and the next run computes only the rest", async () => {
  using folder = temporaryFolder();
  await using program = startDemo(folder, ...SEARCH);
  await untilSearching(folder, 7);
  const started = program.processes();
  process.kill(program.pid, "SIGKILL");
  expect(await untilGone(started, 60_000)).toEqual([]);
  expect(await program.ended).toMatchObject({ signal: "SIGKILL" });
  await expectRest(folder);
});

test.for(["SIGINT", "SIGKILL"] as const)(
  "workers in a synchronous loop of ten minutes end with the program when it gets %s",
  async (signal) => {
    using folder = temporaryFolder();
    await using program = startDemo(folder, "--points", "1", "--cpus", "2", "--work-ms", "600000");
    await untilSearching(folder, 2);
    const started = program.processes();
    // An agent and two workers.
    expect(started.length).toBeGreaterThanOrEqual(3);
    process.kill(program.pid, signal);
    await program.ended;
    expect(await untilGone(started, 60_000)).toEqual([]);
  },
);

test("a wrong option is an error of one line, before anything is started", async () => {
  using folder = temporaryFolder();
  expect(await runDemo(folder, "--points", "many")).toEqual({
    code: 2,
    signal: null,
    stdout: "",
    stderr: '--points must be a whole number from 1 to 100000, but is "many"\nTry --help.\n',
  });
});

test("a second program in the same folder is told who has it", async () => {
  using folder = temporaryFolder();
  await using _first = startDemo(folder, "--work-ms", "600000", "--cpus", "1");
  await untilSearching(folder, 1);
  const second = await runDemo(folder);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`The results database ${folder.database} is held by process`);
});

test("calls that want more CPUs than there are fail at once, with both numbers", async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await runDemo(folder, "--cpus", "2", "--cpus-per-task", "3");
  expect(code).toBe(1);
  expect(stderr).toMatch(/3 CPUs .*2 CPUs/);
});

/** The interrupted search goes on from what is stored. */
async function expectRest(folder: Folder): Promise<void> {
  const done = storedResults(folder.database, "binary_root_search");
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(30);
  const { code, stdout } = await runDemo(folder, ...SEARCH);
  expect(code).toBe(0);
  expect(stdout).toContain(`30 brackets: ${30 - done} computed now, ${done} from earlier runs`);
}

/** The rows of the table that the demo printed. */
function rowsOf(
  stdout: string,
): { readonly n: number; readonly x: number; readonly low: number; readonly high: number }[] {
  const [heading = "", ...lines] = stdout.slice(0, stdout.indexOf("\n\n")).split("\n");
  expect(heading.trim().split(/ +/)).toEqual(["n", "x", "low", "high"]);
  return lines.map((line) => {
    const [n = Number.NaN, x = Number.NaN, low = Number.NaN, high = Number.NaN] = line.trim().split(/ +/).map(Number);
    return { n, x, low, high };
  });
}
