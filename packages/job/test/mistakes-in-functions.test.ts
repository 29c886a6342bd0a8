/** Mistakes in remote functions that people make on their first day: the message alone says what is wrong and what to do. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Job, remoteEval, runJobLocal } from "../src/index.ts";
import { quiet, World } from "./faults/world.ts";
import { nests, returns, scaled, settings, starts } from "./functions/mistaken.ts";
import { messagesOf } from "./mistakes.ts";

test("a remote function that starts a program, or calls, is told that it can't, and what to do in its place", async () => {
  await using world = new World();
  const nested = (how: string): Job<number> => remoteEval(nests, { how, dir: join(world.path, "nested") });
  const [runLocal, run, late, ...evals] = await messagesOf(
    world,
    ["runJobLocal", "runJob", "late", "remoteEval", "remoteEvalM", "mapConcurrently", "no environment"].map(nested),
  );
  const remedy =
    /was called inside the remote function "mistaken\/nests": a remote function runs in a worker, which can't start calls\. Make the calls in a job, .*, or run the other function here, in this worker: other\.run\(input, ctx\)\./;
  for (const message of [runLocal, run, late, ...evals]) {
    expect(message).toMatch(remedy);
    expect(message).not.toMatch(/when it is imported|reading '/);
    expect(message).toMatch(/\n {9}at .*test\/functions\/mistaken\.ts:\d+:\d+\)?\n/);
  }
  expect(runLocal).toContain("runJobLocal was called");
  expect(run).toContain("runJob was called");
  for (const message of evals) expect(message).toContain('remoteEval of "mistaken/inner" was called');
  expect(await runJobLocal(world.info, nested("run"), quiet)).toBe(42);
});

test("a remote function has its module as a worker has loaded it, and not what the program has set since", async () => {
  await using world = new World();
  settings.factor = 10;
  expect(await runJobLocal(world.info, remoteEval(scaled, 2), quiet)).toBe(2);
  expect(await runJobLocal(world.info, remoteEval(scaled, 2), { ...quiet, inProcess: true })).toBe(20);
});

test("what can't travel back is named with its place; an instance of a class comes as a plain object", async () => {
  await using world = new World();
  const [fn, symbol, promise, nothing, instance] = await messagesOf(
    world,
    (["function", "symbol", "promise", "nothing", "instance"] as const).map((what) => remoteEval(returns, what)),
  );
  const remedy = "cannot travel to another process: send plain data, or the name of a remote function, instead.";
  expect(fn).toContain(`WireError: $ is a function and ${remedy}`);
  expect(symbol).toContain(`WireError: $.deep[0] is a symbol and ${remedy}`);
  expect(promise).toContain(`WireError: $.later is a Promise and ${remedy}`);
  expect(nothing).toContain(
    'The remote function "mistaken/returns" returned an output that its schema refuses: expected something, received undefined',
  );
  expect(instance).toBe('nothing was thrown, but there was {"x":1}');
});

test("a program that can't be started is told from a directory, a file and an interpreter that are not there, with the person's own line", async () => {
  await using world = new World();
  const plain = join(world.path, "plain");
  const strange = join(world.path, "strange");
  for (const [file, text] of [
    [plain, "echo\n"],
    [strange, "#!/nowhere/sh\necho\n"],
  ] as const)
    writeFileSync(file, text);
  chmodSync(strange, 0o755);
  const given = [
    { file: "no-such-program" },
    { file: "/no/such/file" },
    { file: plain },
    { file: strange },
    { file: "echo", cwd: "/no/such/folder" },
    { file: "echo", cwd: plain },
    { file: "ls -l" },
    { file: "ls | wc" },
  ];
  const messages = await messagesOf(
    world,
    given.map((input) => remoteEval(starts, input)),
  );
  const expected = [
    /The program no-such-program a b could not be started: there is no such program on this node's PATH \(.*\)\n/,
    /The program \/no\/such\/file a b could not be started: there is no such file on this node\n/,
    /could not be started: it is no file that may be executed \(chmod \+x makes it one\)\n/,
    /could not be started: the interpreter that its first line \(#!\) names is not there on this node\n/,
    /could not be started: its directory \(cwd\) \/no\/such\/folder is not there on this node, or is no directory\n/,
    /could not be started: its directory \(cwd\) .*plain is not there on this node, or is no directory\n/,
    /could not be started: there is no program of this name\. It takes no command line: give the arguments apart, as in ctx\.exec\("ls", \["-l"\]\)\n/,
    /could not be started: .* or let a shell read it: ctx\.exec\("sh", \["-c", "ls \| wc"\]\)\n/,
  ];
  for (const [i, message] of messages.entries()) {
    expect(message).toMatch(expected[i] ?? "");
    expect(message).toMatch(/\n {9}at .*startsPrograms .*mistaken\.ts:\d+:\d+\)?\n/);
  }
});
