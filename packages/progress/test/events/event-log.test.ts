import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { logEvents } from "../../src/events/event-log.ts";
import type { RunEvent } from "../../src/events/run-event.ts";
import { RunEvents } from "../../src/events/run-events.ts";

const TRACED: RunEvent = { type: "call-ended", functionName: "f", node: "n1", attempt: 1, outcome: "done", runMs: 3 };
const FAILED: RunEvent = {
  type: "call-failed",
  functionName: "f",
  node: "n1",
  attempt: 1,
  reason: "threw",
  message: "f failed\n  no",
};
const ENDED: RunEvent = { type: "run-ended", outcome: "done", seconds: 1, message: null };

type Folder = Disposable & {
  readonly dir: string;
  readonly file: string;
  readonly text: () => string;
  readonly types: () => readonly unknown[];
};

function folder(): Folder {
  const dir = mkdtempSync(join(tmpdir(), "hyperion-ts-events-"));
  const file = join(dir, "events.jsonl");
  const text = (): string => readFileSync(file, "utf8");
  const types = (): readonly unknown[] =>
    text()
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).type);
  return { dir, file, text, types, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

describe("the event log", () => {
  test("has each event as a line of JSON with its time, for its owner's eyes only", () => {
    using log = folder();
    const events = new RunEvents();
    {
      using _log = logEvents(events, log.dir);
      events.emit(FAILED);
      events.emit(TRACED);
    }
    events.emit(ENDED);
    const lines = log
      .text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), ...FAILED },
      { at: expect.any(String), ...TRACED },
    ]);
    expect(statSync(log.file).mode & 0o777).toBe(0o600);
  });

  test("collects traced calls for a moment", async () => {
    using log = folder();
    const events = new RunEvents();
    let writes = 0;
    const write = (_: number, bytes: Uint8Array): number => {
      writes += 1;
      writeFileSync(log.file, bytes, { flag: "a" });
      return bytes.length;
    };
    using _log = logEvents(events, log.dir, { write });
    for (let i = 0; i < 500; i += 1) events.emit(TRACED);
    expect(writes).toBe(0);
    await vi.waitFor(() => expect(log.types()).toHaveLength(500), { timeout: 30_000 });
    expect(writes).toBe(1);
  });

  test("does not collect without bounds while the program is busy", () => {
    using log = folder();
    const events = new RunEvents();
    using _log = logEvents(events, log.dir);
    for (let i = 0; i < 10_000; i += 1) events.emit(TRACED);
    expect(log.types().length).toBeGreaterThan(5_000);
  });

  test.each([FAILED, ENDED, { type: "node-lost", node: "n1", reason: "silent" } as const])(
    "writes $type at once, behind what came before",
    (event) => {
      using log = folder();
      const events = new RunEvents();
      using _log = logEvents(events, log.dir);
      events.emit(TRACED);
      events.emit(event);
      expect(log.types()).toEqual(["call-ended", event.type]);
    },
  );
});

describe("a disk that fails does not end the run", () => {
  test("when it is full: that is said once", () => {
    using log = folder();
    const events = new RunEvents();
    const warnings: string[] = [];
    const full = openSync("/dev/full", "w");
    const write = (_: number, bytes: Uint8Array): number => writeSync(full, bytes);
    {
      using _log = logEvents(events, log.dir, { write, warn: (message) => void warnings.push(message) });
      events.emit(FAILED);
      events.emit(FAILED);
    }
    closeSync(full);
    expect(warnings).toEqual([
      `⚠ Events of this run can't be written to ${log.file} (ENOSPC: no space left on device, write); the run goes on, its event log has gaps`,
    ]);
  });

  test("when the file can't be made", () => {
    using log = folder();
    const events = new RunEvents();
    const warnings: string[] = [];
    {
      using _log = logEvents(events, join(log.dir, "nowhere"), { warn: (message) => void warnings.push(message) });
      events.emit(FAILED);
    }
    expect(warnings).toEqual([expect.stringContaining("ENOENT")]);
  });

  test("when it has room again: a torn line does not spoil the next one", () => {
    using log = folder();
    const events = new RunEvents();
    let room = 40;
    const write = (_: number, bytes: Uint8Array): number => {
      if (room === 0) throw new Error("ENOSPC: no space left on device, write");
      const part = bytes.subarray(0, room);
      room -= part.length;
      writeFileSync(log.file, part, { flag: "a" });
      return part.length;
    };
    using _log = logEvents(events, log.dir, { write, warn: () => undefined });
    events.emit(FAILED);
    room = 10_000;
    events.emit(ENDED);
    const [torn = "", whole = ""] = log.text().split("\n");
    expect(torn).toHaveLength(40);
    expect(JSON.parse(whole)).toMatchObject(ENDED);
  });
});
