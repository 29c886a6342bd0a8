/** Calls that run in the program's own process (`inProcess`) are told like others. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CallList } from "@hyperion-ts/control";
import { defineRemote, mapConcurrentlySettled, programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { expect, test } from "vitest";
import { z } from "zod";
import { hyperion, json, TestFolder } from "./world.ts";

const waits = defineRemote(import.meta, {
  name: "test/waits",
  input: z.object({ n: z.int() }),
  output: z.int(),
  run: ({ n }, { signal }) => sleep(3_600_000, n, { signal }),
});

test("calls of a run in one process are listed, explained and cancelled", async () => {
  using folder = new TestFolder();
  const dir = folder.path;
  const ended = runJobLocal(
    programInfo(dir),
    mapConcurrentlySettled([1, 2, 3], (n) => remoteEval(waits, { n })),
    { inProcess: true, cpus: 1, progress: "none", handleSignals: false },
  );
  const place = ["--dir", dir];
  const listed = async (): Promise<CallList> => {
    for (;;) {
      const { code, out } = await hyperion("tasks", ...place, "--json");
      const list = code === 0 ? (JSON.parse(out) as CallList) : undefined;
      if (list?.calls[0]?.stage === "running") return list;
      await sleep(20);
    }
  };
  const { calls, total } = await listed();
  expect(total).toBe(3);
  expect(calls[0]).toMatchObject({ functionName: "test/waits", input: "{ n: 1 }", attempt: 1, waiting: null });
  expect(calls.slice(1)).toMatchObject([
    { stage: "waiting", waiting: { reason: { kind: "earmarked" } } },
    { stage: "waiting", waiting: { text: expect.stringContaining("calls before it wait") } },
  ]);
  expect((await hyperion("explain", calls[0]?.id ?? "", ...place)).out).toContain("running on");
  expect((await hyperion("explain", calls[1]?.id ?? "", ...place)).out).toMatch(
    /why .*first in line.*\n {2}until {3}enough calls/,
  );

  // Running ones and waiting ones.
  for (const at of [2, 0, 1]) await json("cancel", calls[at]?.id ?? "", ...place);
  for (const settled of await ended)
    expect(settled).toMatchObject({ status: "rejected", reason: { name: "CallError", reason: { kind: "cancelled" } } });
});
