/** Workers that do not start: who is to blame, and who pays for it. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type HasWorkers,
  type Job,
  local,
  mapConcurrentlySettled,
  remoteEval,
  type RunEvent,
  runJobLocal,
  setFreshWorkers,
  setTaskAttempts,
  setTaskMemory,
} from "../../src/index.ts";
import { placed } from "../functions/placed.ts";
import { square } from "../functions.ts";
import { twoNodes } from "./two-nodes.ts";
import { compileCache, errorOf, killWorkers, numbers, ourProcesses, quiet, survive, until, World } from "./world.ts";

afterEach(() => vi.unstubAllEnvs());

/** Does to workers that start what programs/faulty-starts.ts knows. */
function faultyStarts(world: World, fault: string): void {
  vi.stubEnv("NODE_OPTIONS", `--import=${new URL("programs/faulty-starts.ts", import.meta.url).href}`);
  vi.stubEnv("STARTS", fault);
  vi.stubEnv("STARTS_FOLDER", world.path);
}

const squares = (count: number): Job<readonly PromiseSettledResult<number>[], HasWorkers> =>
  mapConcurrentlySettled(numbers(count), (x) => remoteEval(square, x));

describe("a call whose worker does not start with what the call asks for", () => {
  it("fails by itself, with the setting's name; the node and all other calls are left alone", async () => {
    await using world = new World();
    const { outcome, events } = await survive(world, local(setTaskMemory(1), squares(5)));
    const ends = "value" in outcome ? outcome.value : [];
    expect(ends).toHaveLength(5);
    const message =
      /attempt 3 of 3.*\n {2}No worker starts on .+ with 1 MB of memory \(setTaskMemory\), while one without does\. Node\.js alone needs about \d+ MB.* ran out of memory before it was ready \(log: .+\)\n/;
    for (const end of ends)
      expect(end).toMatchObject({
        status: "rejected",
        reason: { name: "CallError", reason: { kind: "not-started" }, message: expect.stringMatching(message) },
      });
    expect(events.filter(({ type }) => type === "worker-not-started")).toEqual([]);
  });

  it("fails when its start hangs, while others run", async () => {
    await using world = new World();
    faultyStarts(world, "hangs 77");
    const survived = await survive(world, local(setTaskMemory(77), local(setTaskAttempts(1), remoteEval(square, 2))), {
      compileCache,
      times: { connectTimeoutMs: 6_000 },
    });
    expect(errorOf(survived).message).toMatch(
      /No worker starts on .+ with 77 MB of memory \(setTaskMemory\), while one without does\. .* it was not ready within 6 s/,
    );
  });

  it("runs on another node, as the same attempt, where a plain worker does not start either", async () => {
    await using world = new World();
    faultyStarts(world, "under-some");
    await using nodes = await twoNodes(world);
    const { env, events } = nodes;
    const first = await mapConcurrentlySettled(numbers(4), (x) => remoteEval(placed, { x, ms: 200 }))(env);
    const agents = first.flatMap((end) =>
      end.status === "fulfilled" && end.value.node === "n1" ? [end.value.agent] : [],
    );
    writeFileSync(join(world.path, `agent-${agents[0]}`), "");
    // Those that have come up, or wait for something to be.
    using _ = killWorkers(agents[0] ?? 0);
    const lost = (): readonly RunEvent[] => events.filter(({ type }) => type === "node-lost");
    while (lost().length === 0) {
      const ends = await local(
        setTaskMemory(200),
        local(
          setTaskAttempts(1),
          mapConcurrentlySettled(numbers(12), (x) => remoteEval(placed, { x, ms: 50 })),
        ),
      )(env);
      expect(ends).toMatchObject(
        numbers(12).map((x) => ({ status: "fulfilled", value: { x, node: "n2", attempt: 1 } })),
      );
    }
    expect(lost()).toEqual([
      {
        type: "node-lost",
        node: "n1",
        reason: expect.stringMatching(/^its workers do not start: .* killed by SIGKILL before it was ready/),
      },
    ]);
  });
});

describe("a start that hangs", () => {
  it("does not hold the call that it was for: another worker that becomes free makes it", async () => {
    await using world = new World();
    faultyStarts(world, "second");
    const events: RunEvent[] = [];
    const ends = await runJobLocal(world.info, squares(20), {
      ...quiet,
      compileCache,
      times: { connectTimeoutMs: 600_000 },
      onEvent: ({ event }) => events.push(event),
    });
    expect(ends).toEqual(numbers(20).map((x) => ({ status: "fulfilled", value: x * x })));
    expect(events.filter(({ type }) => type === "worker-started")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "worker-not-started")).toEqual([]);
    await until(() => ourProcesses().length === 0);
  });
});

describe("a start that fails for its node", () => {
  it("costs calls no attempt where others succeed: one in three dies, and all calls are done in their first attempt", async () => {
    await using world = new World();
    faultyStarts(world, "third");
    const { outcome, events } = await survive(
      world,
      local(setFreshWorkers(true), local(setTaskAttempts(1), squares(20))),
    );
    expect(outcome).toEqual({ value: numbers(20).map((x) => ({ status: "fulfilled", value: x * x })) });
    expect(events.filter(({ type }) => type === "worker-not-started").length).toBeGreaterThan(0);
  });

  it("makes the node smaller where it fails for some of its CPUs", async () => {
    await using world = new World();
    const tools = join(world.path, "tools");
    mkdirSync(tools);
    writeFileSync(
      join(tools, "taskset"),
      '#!/bin/sh\ncase " $* " in *" -c 1 "*) echo "taskset: failed to set the affinity: Invalid argument" >&2; exit 1;; esac\nPATH="${PATH#*:}" exec taskset "$@"\n',
    );
    chmodSync(join(tools, "taskset"), 0o755);
    vi.stubEnv("PATH", `${tools}:${process.env["PATH"] ?? ""}`);
    const { outcome, events } = await survive(world, local(setTaskAttempts(1), squares(20)));
    expect(outcome).toEqual({ value: numbers(20).map((x) => ({ status: "fulfilled", value: x * x })) });
    const started = events.flatMap((event) => (event.type === "worker-started" ? [event.cpuIds] : []));
    expect(started.every(([id]) => id === 0)).toBe(true);
  });

  it("and fails everywhere loses the node, which is said once, with what the worker printed", async () => {
    await using world = new World();
    faultyStarts(world, "breaks");
    const events: RunEvent[] = [];
    const ends = await runJobLocal(world.info, squares(30), { ...quiet, onEvent: ({ event }) => events.push(event) });
    for (const end of ends)
      expect(end).toMatchObject({
        status: "rejected",
        reason: {
          message: expect.stringMatching(
            /no node is left to run it\. .* its workers do not start: .*this hook has no use for workers/s,
          ),
        },
      });
    expect(events.filter(({ type }) => type === "node-lost")).toHaveLength(1);
    await until(() => ourProcesses().length === 0);
  });
});
