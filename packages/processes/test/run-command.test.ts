import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { CommandError, type Command, liveProcess, liveProcessesBelow, runCommand } from "../src/index.ts";
import { PATIENCE, testWorld, thrownBy } from "./world.ts";

const node = (program: string, ...args: readonly string[]): Command => ({
  argv: [process.execPath, "-e", program, ...args],
});
const readAll = (stream: Readable | undefined): Promise<string> =>
  stream === undefined ? Promise.resolve("no stream") : text(stream);
async function firstLine(stream: Readable | undefined): Promise<string> {
  const [chunk] = stream === undefined ? [] : await once(stream, "data");
  return String(chunk).trim();
}

describe("runCommand", () => {
  test("connects the streams, and tells the exit code", async () => {
    await using world = testWorld();
    await using running = await world.run(
      node(
        "process.stdin.pipe(process.stdout); process.stdin.on('end', () => { console.error('enough'); process.exitCode = 3; })",
      ),
    );
    running.stdin?.end("hello");
    expect(await readAll(running.stdout)).toBe("hello");
    expect(await running.exited).toEqual({ code: 3, signal: null });
    expect(running.lastErrors()).toBe("enough");
  });

  test("tells the signal that ended the command", async () => {
    await using world = testWorld();
    await using running = await world.run({ argv: ["sleep", "1000"] });
    running.signal("SIGUSR1");
    expect(await running.exited).toEqual({ code: null, signal: "SIGUSR1" });
  });

  test("passes arguments on verbatim, because there is no shell", async () => {
    await using world = testWorld();
    const args = [
      "two words",
      "'single' \"double\"",
      "line\nbreak",
      "$HOME $(id) `id`",
      "*",
      "",
      "a;b|c&d>e",
      "ü 😀",
      "\\",
    ];
    await using running = await world.run(node("console.log(JSON.stringify(process.argv.slice(1)))", ...args));
    expect(JSON.parse(await readAll(running.stdout))).toEqual(args);
  });

  test("adds variables to those of this process", async () => {
    await using world = testWorld();
    await using running = await world.run({
      ...node("console.log(process.env.PATH === process.argv[1], process.env.EXTRA)", process.env["PATH"] ?? ""),
      env: { EXTRA: "$x" },
    });
    expect(await readAll(running.stdout)).toBe("true $x\n");
  });

  test("tells its owner of a failure, with what the command last wrote to its standard error", async () => {
    const errors: CommandError[] = [];
    await using running = await runCommand(node("console.error('no such thing'); process.exit(4)"), (error) =>
      errors.push(error),
    );
    await running.exited;
    await vi.waitFor(() => expect(errors).toHaveLength(1), PATIENCE);
    const [error] = errors;
    expect(error).toMatchObject({ name: "CommandError", code: "command-failed", exit: { code: 4, signal: null } });
    expect(error?.message).toContain("exited with code 4: no such thing");
  });

  test("tells its owner nothing of a success or of a stop that was asked for", async () => {
    const errors: CommandError[] = [];
    await using good = await runCommand(node(""), (error) => errors.push(error));
    await good.exited;
    await using stopped = await runCommand({ argv: ["sleep", "1000"] }, (error) => errors.push(error));
    expect(await stopped.stop(5_000)).toEqual({ code: null, signal: "SIGTERM" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual([]);
  });

  test.for([
    [
      "a program that isn't there",
      ["/no/such program", "an argument"],
      /^The command "\/no\/such program" "an argument" could not be started: .*ENOENT/u,
    ],
    [
      "an argument list that is too long",
      ["true", "x".repeat(3_000_000)],
      /^The command true "x+\[\.\.\.\]x+" could not be started: .*E2BIG/u,
    ],
    ["an empty argument vector", [], /the argument vector is empty/u],
    ["a NUL byte", ["true", "a\0b"], /^The command true "a\\u0000b" could not be started/u],
  ] as const)("refuses %s with a CommandError that names the argument vector", async ([, argv, message]) => {
    const error = await thrownBy(runCommand({ argv }));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ argv, exit: undefined, message: expect.stringMatching(message) });
  });

  test("gives the command a session and a process group of its own", async () => {
    await using world = testWorld();
    await using running = await world.run({ argv: ["sleep", "1000"] });
    expect(liveProcess(running.pid)).toMatchObject({ group: running.pid, session: running.pid, parent: process.pid });
  });

  test("kills what the command leaves behind when it ends", async () => {
    await using world = testWorld();
    await using running = await world.run({ argv: ["sh", "-c", "sleep 1000 & echo $!; read line"] });
    const left = Number(await firstLine(running.stdout));
    expect(liveProcess(left)).toBeDefined();
    running.stdin?.end("\n");
    expect(await running.exited).toEqual({ code: 0, signal: null });
    await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
  });

  test("stops a command that does not listen to SIGTERM with SIGKILL, and its children with it", async () => {
    await using world = testWorld();
    await using running = await world.run({
      argv: ["sh", "-c", "trap '' TERM; sleep 1000 & echo ready; while true; do sleep 1000; done"],
    });
    await firstLine(running.stdout);
    await vi.waitFor(() => expect(liveProcessesBelow(running.pid).length).toBe(2), PATIENCE);
    expect(await running.stop(50)).toEqual({ code: null, signal: "SIGKILL" });
    await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
  });

  test("ends the command when it is disposed of", async () => {
    await using world = testWorld();
    {
      await using running = await world.run({ argv: ["sleep", "1000"] });
      expect(liveProcess(running.pid)).toBeDefined();
    }
    expect(world.processes()).toEqual([]);
  });
});
