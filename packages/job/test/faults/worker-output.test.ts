/** What functions print, write where they should not, and leave behind: nobody else is harmed. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { local, mapConcurrently, remoteEval, setTaskAttempts } from "../../src/index.ts";
import { frame, leavesChildren, prints, writesRaw } from "../functions/faulty.ts";
import { errorOf, lives, survive, World } from "./world.ts";

test("100 MB on stdout are in the worker's log, and the call and all others go on", async () => {
  let path = "";
  {
    await using world = new World();
    ({ path } = world);
    const survived = await survive(
      world,
      mapConcurrently([100, 1], (megabytes) => remoteEval(prints, megabytes)),
    );
    expect(survived.outcome).toEqual({ value: [null, null] });
    expect(world.logs.length).toBeGreaterThan(101 * 1_048_576);
  }
  expect(existsSync(path)).toBe(false);
});

describe("garbage that looks like frames", () => {
  const heartbeat = frame(3, 0, 0, Buffer.alloc(0));
  const result = frame(17, 1, 1, Buffer.from([0, 0, 0, 0, 0xc0]));

  test("is log on stdout and stderr", async () => {
    await using world = new World();
    const bytes = Buffer.concat([
      result,
      heartbeat,
      result.subarray(0, 20),
      frame(20, 1, 0, Buffer.from("{}")),
      Buffer.alloc(200_000, 0xff),
    ]);
    const survived = await survive(
      world,
      mapConcurrently([1, 2], (fd) => remoteEval(writesRaw, { fd, bytes })),
    );
    expect(survived.outcome).toEqual({ value: ["written", "written"] });
    expect(survived.events.filter(({ type }) => type === "call-retried")).toEqual([]);
  });

  test.for([
    ["text", Buffer.from("a native library that thinks 3 is its own\n")],
    ["a frame of another worker", frame(17, 9, 1, Buffer.alloc(8))],
    ["a message that is no JSON", frame(1, 1, 0, Buffer.from("{ ready"))],
    ["a result that is too short", frame(17, 1, 1, Buffer.from([1, 2]))],
    ["a call", frame(16, 1, 1, Buffer.alloc(8))],
    ["the call's own answer", frame(18, 1, 1, Buffer.from([0, 0, 0, 0, 0xc0]))],
    ["the beginning of a frame", frame(17, 1, 1, Buffer.alloc(8)).subarray(0, 14)],
    ["the news of its own end", frame(20, 1, 0, Buffer.from("{}"))],
  ] as const)("on the descriptor of the frames ends the worker, and no other: %s", async ([, bytes]) => {
    await using world = new World();
    const survived = await survive(
      world,
      local(setTaskAttempts(1), remoteEval(writesRaw, { fd: 3, bytes, next: "wait" })),
      { cpus: 1 },
    );
    expect(errorOf(survived)).toMatchObject({
      reason: { kind: "worker-died", death: { kind: "killed", signal: "SIGKILL" } },
      message: expect.stringMatching(
        /the worker was ended by its agent: something in it writes to file descriptor 3, which carries its frames.* Received a? ?.*\n {2}input .*\n {2}log {4}/,
      ),
    });
  });

  test("that answers calls which were never made does not hide who has written them", async () => {
    await using world = new World();
    const bytes = Buffer.concat([77, 78, 79].map((id) => frame(17, 1, id, Buffer.from([0, 0, 0, 0, 0xc0]))));
    const survived = await survive(
      world,
      local(setTaskAttempts(1), remoteEval(writesRaw, { fd: 3, bytes, next: "wait" })),
      { cpus: 1 },
    );
    expect(errorOf(survived)).toMatchObject({
      reason: { kind: "worker-died", death: { kind: "killed", signal: "SIGKILL" } },
      message: expect.stringMatching(/file descriptor 3/),
    });
  });
});

test("children that outlive a call go with its worker, those that don't listen to SIGTERM too", async () => {
  await using world = new World();
  const survived = await survive(world, async (env) => {
    const pids = await remoteEval(leavesChildren, null)(env);
    return { pids, alive: pids.filter(lives) };
  });
  const found = "value" in survived.outcome ? survived.outcome.value : { pids: [], alive: [] };
  expect(found.alive).toHaveLength(2);
  expect(found.pids.filter(lives)).toEqual([]);
});
