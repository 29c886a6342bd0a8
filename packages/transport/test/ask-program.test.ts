import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { askProgram } from "../src/ask-program.ts";
import { aliveBelow, PATIENCE, thrownBy } from "./world.ts";

const quiet = new AbortController().signal;

describe("asking a program", () => {
  test("gives its answer, whatever its exit code is", async () => {
    expect(await askProgram(["sh", "-c", "echo yes; echo but >&2; exit 1"], quiet)).toEqual({
      code: 1,
      stdout: "yes\n",
      stderr: "but",
    });
  });

  test("that is not there is told as such", async () => {
    expect(await thrownBy(askProgram(["/no/such/ssh"], quiet))).toMatchObject({
      reason: "unsupported",
      message: expect.stringMatching(/\/no\/such\/ssh.*OpenSSH/),
    });
  });

  test("ends with an abort, and nothing that the program started stays", async () => {
    const before = new Set(aliveBelow(process.pid).map(({ pid }) => pid));
    const started = () => aliveBelow(process.pid).filter(({ pid }) => !before.has(pid));
    const controller = new AbortController();
    const asked = thrownBy(askProgram(["sh", "-c", "sleep 1000 & sleep 1000; true"], controller.signal));
    await vi.waitFor(() => expect(started()).toHaveLength(3), PATIENCE);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await asked).toBe(reason);
    await vi.waitFor(() => expect(started()).toEqual([]), PATIENCE);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});
