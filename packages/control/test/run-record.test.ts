/** What is told of a run that can't be asked: what its log says, and whether it was killed. */
import type { RunEvent } from "@hyperion-ts/progress";
import { expect, test } from "vitest";
import { RunRecord } from "../src/told/run-record.ts";
import { runReport } from "../src/told/run-report.ts";
import { COUNTS, FAILED, NODE, STARTED } from "./world.ts";

const run = { id: "q7RkW", database: "d", logDir: "l" };

const recordOf = (...events: readonly RunEvent[]): RunRecord => {
  const record = new RunRecord();
  for (const [i, event] of events.entries()) record.add({ at: new Date(1_000 * (i + 1)), event });
  return record;
};

const worker = (serviceId: string, node = "n1"): RunEvent => ({
  type: "worker-started",
  node,
  serviceId,
  pid: 1,
  cpuIds: [0],
  logFile: `${serviceId}.log`,
});

test("workers live until they end or their node is lost", () => {
  const record = recordOf(
    STARTED,
    NODE,
    worker("a"),
    worker("b"),
    worker("c", "n2"),
    { type: "worker-ended", node: "n1", serviceId: "a", how: "exited" },
    { type: "node-lost", node: "n2", reason: "silent" },
  );
  expect([...record.workers].map(({ id }) => id)).toEqual(["b"]);
  expect(record.workerCounts).toEqual({ living: 1, started: 3 });
});

test("a run that goes on is told of at this moment, one that has ended at its end, one that was killed at its last sign", () => {
  const record = recordOf(STARTED, NODE, COUNTS, worker("a"));
  const context = { run, toldBy: "log", nowMs: 10_000 } as const;
  expect(runReport(record, { ...context, lost: false })).toMatchObject({
    phase: { kind: "running" },
    seconds: 9,
    waiting: { text: "no node has 2 CPUs idle (the most is 1)" },
    workers: { living: 1 },
  });
  const lost = { phase: { kind: "lost" }, seconds: 3, waiting: null, nodes: [], workers: { living: 0, started: 1 } };
  expect(runReport(record, { ...context, lost: true })).toMatchObject(lost);
  record.add({ at: new Date(6_000), event: { type: "run-ended", outcome: "failed", seconds: 5, message: null } });
  expect(runReport(record, { ...context, lost: false })).toMatchObject({
    phase: { kind: "ended", outcome: "failed" },
    seconds: 5,
    waiting: null,
  });
});

test("of very many failures the last are kept, by ids that stay", () => {
  const record = recordOf(STARTED, ...Array.from({ length: 5_000 }, () => FAILED));
  expect(record.failed).toBe(5_000);
  expect(record.failures.length).toBeGreaterThanOrEqual(1_000);
  expect(record.failures.length).toBeLessThan(2_000);
  expect(record.failures.at(-1)?.id).toBe("f5000");
});
