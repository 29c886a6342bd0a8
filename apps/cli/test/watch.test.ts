/** A run on a whole screen: on real terminals, with keys, signals, and a run that ends. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readProcess } from "@hyperion-ts/processes";
import { expect, test } from "vitest";
import { OnTerminal } from "./on-terminal.ts";
import { hyperion, TestFolder, WaitingProgram } from "./world.ts";

const CALLS = 100;
const DOWN = "\x1b[6~";
const UP = "\x1b[5~";

test("shows a run page by page, on a screen of any size, and that it has ended, until q", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, CALLS);
  await program.found();
  await using terminal = new OnTerminal(["status", folder.path, "--watch"]);
  await terminal.until(/\[1 run\][\s\S]*test\/waiting {2}0\/100 {2}2 running[\s\S]*q quit/);
  expect(terminal.screen.split("\n")).toHaveLength(24);
  expect(Math.max(...terminal.screen.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);

  terminal.press("2");
  await terminal.until(/ID {2}FUNCTION[\s\S]*running[\s\S]*waiting[\s\S]*1-21 of 99/);
  terminal.press(DOWN);
  await terminal.until(/FUNCTION[\s\S]*\n *23 {2}test[\s\S]*22-42 of 99/);
  terminal.resize(200, 60);
  await terminal.until(/22-78 of 99/);
  expect(terminal.screen.split("\n")).toHaveLength(60);
  terminal.press(UP);
  await terminal.until(/1-57 of 99/);
  terminal.press("\t");
  await terminal.until(/\[3 failures\][\s\S]*f1 .*RangeError: 0 is refused/);
  terminal.press("4");
  await terminal.until(/WORKER {2}NODE[\s\S]*test\/waiting/);
  terminal.press("?");
  await terminal.until("quit; the run goes on");
  terminal.press("?1");
  await terminal.until(/\[1 run\][\s\S]*0\/100/);

  // One that stands still is said to, and keys go on to be heard.
  program.child.kill("SIGSTOP");
  await terminal.until("No answer for");
  terminal.press("?");
  await terminal.until("quit; the run goes on");
  terminal.press("?");
  program.child.kill("SIGCONT");
  await terminal.until(() => !terminal.screen.includes("No answer"));

  program.go();
  await terminal.until(/done after[\s\S]*The run has ended: done\. /);
  terminal.press("2");
  await terminal.until(/\[2 calls\][\s\S]*has ended/);
  terminal.press("q");
  expect(await terminal.ended()).toEqual({ code: 0, isRestored: true });
  // The shell's line stands where it would without the view.
  expect(terminal.screen).toMatch(/^\/dev\/\S+\nended with 0\n/);
});

test("gives the terminal back at each end, and while it is stopped", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, 3);
  await program.found();
  const args = ["status", folder.path, "--watch"];
  {
    await using terminal = new OnTerminal(args, { env: { NO_COLOR: "1" } });
    await terminal.until("2 running");
    expect(terminal.written.split("\x1b").filter((escape) => /^\[[\d;]*m/.test(escape))).toEqual([]);
    const { process: pid } = terminal;
    process.kill(pid, "SIGTSTP");
    await terminal.until(() => readProcess(pid)?.state === "T");
    await terminal.until(() => terminal.isGivenBack);
    process.kill(pid, "SIGCONT");
    await terminal.until(/\[1 run\][\s\S]*2 running/);
    terminal.press("\x03");
    expect(await terminal.ended()).toEqual({ code: 130, isRestored: true });
  }
  {
    await using terminal = new OnTerminal(args);
    await terminal.until("2 running");
    process.kill(terminal.process, "SIGTERM");
    expect(await terminal.ended()).toEqual({ code: 143, isRestored: true });
  }
  {
    await using terminal = new OnTerminal(args);
    await terminal.until("2 running");
    await terminal.hangUp();
  }
  const throws = pathToFileURL(join(import.meta.dirname, "programs/throws-when-told.ts"));
  await using terminal = new OnTerminal(args, { env: { NODE_OPTIONS: `--import=${throws.href}` } });
  await terminal.until("2 running");
  process.kill(terminal.process, "SIGUSR2");
  expect(await terminal.ended()).toEqual({ code: 1, isRestored: true });
  expect(terminal.screen).toContain("thrown when told");
});

test("without a terminal it says what to do in its place", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, 3);
  await program.found();
  expect(await hyperion("status", folder.path, "--watch")).toMatchObject({
    code: 2,
    err: expect.stringContaining("hyperion status"),
  });
  expect(await hyperion("status", folder.path, "--watch", "--json")).toMatchObject({ code: 2, out: "" });
  expect(await hyperion("top", folder.path)).toMatchObject({
    code: 2,
    err: expect.stringContaining("hyperion top --once"),
  });
});
