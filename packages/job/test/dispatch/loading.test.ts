/** A call whose module takes long to import is not one that runs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineRemote, mapConcurrently, remoteEval, type RunEvent, runJobLocal } from "../../src/index.ts";
import { quiet, World } from "../faults/world.ts";
import { FakeNodes, settled } from "./fake-nodes.ts";

/** Not imported here: that would take as long. */
const module = new URL("../functions/loads-when-told.ts", import.meta.url).href;
const late = defineRemote({ url: module }, { name: "test/late", input: z.number(), output: z.number(), run: (x) => x });

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["asleep", "0"],
  ["awake", "1"],
])("it is counted as loading, with the module's name, until its module is there (%s)", async (_how, awake) => {
  await using world = new World();
  vi.stubEnv("HYPERION_TEST_LOADS", world.path);
  vi.stubEnv("HYPERION_TEST_LOADS_AWAKE", awake);
  const seen: string[] = [];
  const look = (event: RunEvent): void => {
    if (event.type !== "counts") return;
    const [counts] = event.functions;
    const state = `${counts?.loading} loading, ${counts?.running} running, ${counts?.waiting} waiting`;
    if (seen.at(-1) !== state) seen.push(state);
    if (counts?.loading === 2) {
      expect(event.waitingFor).toEqual({ kind: "module-loading", node: expect.any(String), module });
      writeFileSync(join(world.path, "load"), "");
    }
    if (counts?.running === 2) {
      expect(event.waitingFor).toMatchObject({ kind: "earmarked" });
      writeFileSync(join(world.path, "end"), "");
    }
  };
  const job = mapConcurrently([1, 2, 3], (x) => remoteEval(late, x));
  expect(await runJobLocal(world.info, job, { ...quiet, onEvent: ({ event }) => look(event) })).toEqual([2, 4, 6]);
  expect(seen).toEqual(
    expect.arrayContaining([
      "2 loading, 0 running, 1 waiting",
      "0 loading, 2 running, 1 waiting",
      "0 loading, 0 running, 0 waiting",
    ]),
  );
});

test("it is what the others wait for only while none runs", async () => {
  const nodes = new FakeNodes(2);
  for (let i = 0; i < 3; i += 1) nodes.call();
  await nodes.comeUp();
  for (const worker of nodes.workers) worker.loading.add("f");
  await settled();
  const seen = (): unknown => {
    const [counts] = nodes.dispatcher.counts();
    return [counts?.loading, counts?.running, counts?.waiting, nodes.dispatcher.whyWaiting()?.kind];
  };
  expect(seen()).toEqual([2, 0, 1, "module-loading"]);
  expect(nodes.dispatcher.whyWaiting()).toEqual({ kind: "module-loading", node: "n1", module: "file:///f.ts" });
  nodes.workers[1]?.loading.clear();
  expect(seen()).toEqual([1, 1, 1, "earmarked"]);
  nodes.workers[0]?.loading.clear();
  expect(seen()).toEqual([0, 2, 1, "earmarked"]);
});
