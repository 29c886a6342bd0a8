/** A run is asked over its socket. */
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { HoldFiles } from "@hyperion-ts/holds";
import { expect, test } from "vitest";
import { lookAtRun, type RunView, runsHere, runsIn } from "../src/index.ts";
import { callOf, FAILED, heldCallOf, NODE, PlayedRun, STARTED, TestFolder } from "./world.ts";

const isRoot = process.getuid?.() === 0;

test("a run tells what it has told before it could be asked, and since", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  await run.serve([STARTED, NODE]);
  run.events.emit(FAILED);
  const view = await lookAtRun(run.found);
  expect(await view.report()).toMatchObject({
    toldBy: "program",
    run: { id: "q7RkW", pid: process.pid },
    nodes: [{ name: "n1", cpus: 4 }],
    // As they are just now.
    functions: [{ name: "f", waiting: 3 }],
    failures: 1,
  });
  expect(await view.failures()).toEqual([expect.objectContaining({ id: "f1", reason: "threw" })]);
  const text = await view.text({ columns: 60, rows: 24, colour: false });
  expect(text).toContain("f1 test/call on n1: RangeError: no!");
  expect((await runsHere()).map(({ logDir }) => logDir)).toContain(run.logDir);
});

test("a run that ends while it is looked at has told by its log how, and what it can't do any more", async () => {
  using folder = new TestFolder();
  let view: RunView;
  {
    await using run = new PlayedRun(folder);
    await run.serve([STARTED, NODE]);
    run.events.emit(FAILED);
    view = await lookAtRun(run.found);
    expect((await view.report()).toldBy).toBe("program");
  }
  expect(await view.report()).toMatchObject({ toldBy: "log", run: { id: "q7RkW" } });
  expect(await view.failures()).toHaveLength(1);
  await expect(view.calls(3)).rejects.toMatchObject({ code: "not-running" });
  await expect(view.stop()).rejects.toMatchObject({ code: "not-running" });
});

test("calls are listed, found and cancelled; what there is not is said", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  await run.serve();
  run.events.emit(STARTED);
  for (const id of ["1", "2", "3"]) run.open.set(id, callOf(id));
  const view = await lookAtRun(run.found);
  expect(await view.calls(2)).toEqual({ calls: [callOf("1"), callOf("2")], total: 3 });
  expect(await view.call("3")).toEqual(callOf("3"));
  expect(await view.cancel("3")).toEqual(callOf("3"));
  await expect(view.cancel("3")).rejects.toMatchObject({
    code: "not-found",
    message: "No call 3 is open in run q7RkW",
  });
  await expect(view.call("a/b?c")).rejects.toMatchObject({ code: "not-found" });
  expect(await view.stop()).toEqual({ goesOn: null });
  expect(run.stops).toBe(1);
});

test("held calls are listed, made again and given up, by the run and by what it has left; what can't be is said", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  await run.serve([STARTED]);
  run.events.emit(STARTED);
  const files = new HoldFiles(run.dir);
  const [a, b, c] = ["a", "b", "c"].map((key) => files.add(heldCallOf(key, key === "c" ? "other" : "same")));
  for (const how of ["program", "log"]) {
    const view = await lookAtRun(run.found);
    expect((await view.report()).toldBy).toBe(how);
    expect((await view.holds()).map(({ key }) => key).toSorted()).toEqual(["a", "b", "c"]);
    expect(await view.retryHold(a?.id ?? "", { exclude: "n[1-3]" })).toMatchObject({ verdict: { kind: "retry" } });
    files.add(heldCallOf("a", "same"));
    const alike = await view.retryHolds({ mem: "2G" }, b?.id);
    expect(alike.map(({ key }) => key).toSorted()).toEqual(["a", "b"]);
    expect((await view.retryHolds({})).map(({ key }) => key)).toEqual(["c"]);
    expect(await view.cancelHold(c?.id ?? "")).toMatchObject({ key: "c", verdict: { kind: "cancel" } });
    await expect(view.retryHold("a/b", {})).rejects.toMatchObject({ code: "not-found" });
    await expect(view.retryHold(a?.id ?? "", { mem: "lots" })).rejects.toThrow("--mem has to be an amount");
    for (const key of ["a", "b"]) files.add(heldCallOf(key, "same"));
    files.add(heldCallOf("c", "other"));
    await run[Symbol.asyncDispose]();
  }
});

test("nothing changes by a GET, and mistakes are answers", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  const socketPath = await run.serve();
  const said: unknown[] = [];
  const answered = (method: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, method, path }, (response) => {
        void json(response).then((answer) => {
          said.push(answer);
          resolve(response.statusCode);
        });
      });
      asked.on("error", reject);
      asked.end();
    });
  expect(await answered("GET", "/stop")).toBe(404);
  expect(await answered("GET", "/calls/1/cancel")).toBe(404);
  expect(await answered("POST", "/calls")).toBe(404);
  expect(await answered("GET", "/calls/%zz")).toBe(500);
  expect(await answered("GET", "/?columns=-1&rows=1e9")).toBe(200);
  expect(run.stops).toBe(0);
  expect(await answered("GET", "/results")).toBe(200);
  expect(said.at(-1)).toEqual({ database: run.database, maps: [{ name: "roots", results: 3, newestAt: null }] });
});

test("events are heard as they come; who does not read them is hung up on, and the run goes on", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  const socket = await run.serve();
  const listen = (): Promise<{ readonly connection: ReturnType<typeof connect>; readonly first: string }> =>
    new Promise((resolve) => {
      const connection = connect(socket, () => connection.write("GET /events HTTP/1.1\r\nhost: run\r\n\r\n"));
      connection.once("data", (first: Buffer) => resolve({ connection, first: String(first) }));
    });
  const { connection: reader } = await listen();
  const { connection: silent } = await listen();
  silent.pause();
  let heard = "";
  reader.on("data", (part: Buffer) => (heard += String(part)));
  const message = "x".repeat(64 * 1024);
  const ended = new Promise((resolve) => silent.on("close", resolve));
  silent.on("error", () => undefined);
  // More than the kernel and the run keep for a reader. The one who reads gets a turn after each.
  for (let i = 0; i < 200; i += 1) {
    run.events.emit({ type: "log", message });
    await new Promise((resolve) => setImmediate(resolve));
  }
  silent.resume();
  await ended;
  run.events.emit({ type: "log", message: "the last one" });
  while (!heard.includes("the last one")) await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toContain('"type":"log"');
  reader.destroy();
});

test("the socket is this user's alone, and gone with the run, also while somebody is connected", async () => {
  using folder = new TestFolder();
  let socket = "";
  {
    await using run = new PlayedRun(folder);
    socket = await run.serve();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    expect(statSync(join(run.logDir, "control.json")).mode & 0o777).toBe(0o600);
    run.events.emit(STARTED);
    const connection = connect(socket);
    await new Promise((resolve) => connection.on("connect", resolve));
  }
  expect(existsSync(dirname(socket))).toBe(false);
});

test.runIf(isRoot)("where another user has the folder, or may write to it, the next one is taken", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  const first = await run.serve();
  await run[Symbol.asyncDispose]();
  const taken = dirname(first);
  await using other = new PlayedRun(folder);
  mkdirSync(taken, { mode: 0o700 });
  chownSync(taken, 54_321, 54_321);
  expect(dirname(await other.serve())).not.toBe(taken);
});

test.runIf(isRoot)("a socket that somebody else could have put there is not asked", async () => {
  using folder = new TestFolder();
  await using run = new PlayedRun(folder);
  const socket = await run.serve();
  run.events.emit(STARTED);
  chmodSync(dirname(socket), 0o777);
  await expect(lookAtRun(run.found)).rejects.toMatchObject({ code: "not-ours" });
  chmodSync(dirname(socket), 0o700);
  chownSync(socket, 54_321, 54_321);
  await expect(lookAtRun(run.found)).rejects.toMatchObject({ code: "not-ours" });
  chownSync(join(run.logDir, "control.json"), 54_321, 54_321);
  expect(runsIn(run.dir)[0]?.process).toBe("unknown");
  expect(await (await lookAtRun(run.found)).report()).toMatchObject({ toldBy: "log" });
});
