import { expect, test } from "vitest";
import { print, printNatively, printPieces } from "../functions/printing.ts";
import { readLog, testNode } from "../world.ts";

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const line = (call: number, text: string): unknown =>
  expect.stringMatching(new RegExp(`^${TIME} #${call} ${text}$`, "u"));

test.concurrent("each line of a call has the time and the call's id before it, on whichever stream", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  await worker.call(print, { log: "first\n\n  third", error: "wrong", own: "mine" });
  await worker.call(print, { log: "again", error: "", own: "" });
  expect(readLog(worker.logFile).slice(0, -1).split("\n")).toEqual([
    line(1, "first"),
    line(1, ""),
    line(1, "  third"),
    line(1, "wrong"),
    line(1, "mine"),
    line(2, "again"),
    line(2, ""),
    line(2, ""),
  ]);
});

test.concurrent("what is written in pieces is one line, and its bytes stay what they were", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const bytes = Buffer.from("ü😀");
  await worker.call(printPieces, [bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4)]);
  expect(readLog(worker.logFile)).toMatch(new RegExp(`^${TIME} #1 ü😀hex\n$`, "u"));
});

test.concurrent("what native code writes appears as it is", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  await worker.call(printNatively, "printed by a library\n");
  expect(readLog(worker.logFile)).toBe("printed by a library\n".repeat(2));
});
