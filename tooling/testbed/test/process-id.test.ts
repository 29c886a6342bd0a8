import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { sendSignal } from "../src/process-id.ts";

it("a signal to a process that has ended meanwhile is no error, and one to a living process arrives", async () => {
  const child = spawn("sleep", ["1000"]);
  const ended = once(child, "close");
  expect(sendSignal(child.pid ?? 0, "SIGTERM")).toBe(true);
  expect(await ended).toEqual([null, "SIGTERM"]);
  expect(sendSignal(child.pid ?? 0, "SIGTERM")).toBe(false);
});
