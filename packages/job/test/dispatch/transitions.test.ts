/** What happens to a call in each of its stages: what its caller gets, and what becomes of its worker. No process runs. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Caller, settled } from "./fake-nodes.ts";
import { type Scene, type StageName, STAGES } from "./call-stages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is done to the call, and then to its worker until all is over. */
const DEEDS = {
  abort: async ({ call }) => {
    call.abort();
    await settled();
  },
  drain: async ({ nodes }) => {
    void nodes.dispatcher.drain();
    await settled();
  },
  "loss of its node": async ({ nodes, worker }) => {
    await nodes.lose("n1");
    worker?.die("running", { kind: "node-lost", reason: "it is gone" });
    await settled();
  },
  "death of its worker": async ({ worker }) => {
    worker?.die();
    await settled();
  },
  close: async ({ nodes, worker }) => {
    nodes.dispatcher.close();
    await nodes.lose("n1");
    worker?.die("running", { kind: "node-lost", reason: "it is gone" });
    await settled();
  },
} as const satisfies Record<string, (scene: Scene) => Promise<void>>;

type Deed = keyof typeof DEEDS;

/** What its caller has then; what its worker was told. */
const TABLE: Record<StageName, Record<Deed, readonly [end: RegExp | undefined, told: readonly string[]]>> = {
  waiting: {
    abort: [/^aborted$/, []],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  unserved: {
    abort: [/^aborted$/, []],
    drain: [undefined, []],
    "loss of its node": [undefined, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  starting: {
    abort: [/^aborted$/, []],
    drain: [undefined, []],
    "loss of its node": [undefined, []],
    "death of its worker": [undefined, []],
    close: [undefined, []],
  },
  held: {
    abort: [/^aborted$/, []],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  ahead: {
    abort: [undefined, ["recall"]],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  running: {
    abort: [undefined, ["abort: aborted"]],
    drain: [undefined, ["recall"]],
    "loss of its node": [/the connection to its node was lost|it is gone/, []],
    "death of its worker": [/SIGKILL/, []],
    close: [/the connection to its node was lost|it is gone/, []],
  },
};

const rows = Object.entries(TABLE).flatMap(([stage, row]) =>
  Object.entries(row).map(([deed, [end, told]]) => ({
    stage: stage as StageName,
    deed: deed as Deed,
    end,
    told,
  })),
);

describe.each(["launch", "evaluate"] as const)("made by %s,", (way) => {
  beforeEach(() => void (Caller.way = way));

  test.each(rows)("a call that is $stage, and then: $deed", async ({ stage, deed, end, told }) => {
    const scene = await STAGES[stage]({});
    scene.worker?.told.splice(0);
    await DEEDS[deed](scene);
    if (end === undefined) expect(scene.call.end).toBe(undefined);
    else expect(scene.call.end).toMatch(end);
    expect(scene.worker?.told ?? []).toEqual(told);
  });
});
