/** Calls that hold more memory than was reserved for them, where no bound of the heap is met. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CallError, type Job, local, remoteEval, type RunEvent, setTask } from "../../src/index.ts";
import { holds } from "../functions/bulky.ts";
import { lives, survive, World } from "./world.ts";

const SHARE = 200;
const MB = 400;

/** `job`, during which the file comes as soon as a call was named. */
const opening =
  <A>(until: string, job: Job<A>): Job<A> =>
  async (env) => {
    using _subscription = env.events.subscribe(({ event }) => void (isOver(event) && writeFileSync(until, "")));
    return await job(env);
  };

const isOver = (event: RunEvent): boolean => event.type === "call-over-memory";

test("a call that holds more than its share is named once, with both numbers, and goes on", async () => {
  await using world = new World();
  const until = join(world.path, "open");
  const survived = await survive(
    world,
    opening(until, local(setTask({ memoryMb: SHARE }), remoteEval(holds, { mb: MB, until, end: "return" }))),
  );
  expect(survived.outcome).toEqual({ value: expect.any(Number) });
  expect(survived.events.filter(isOver)).toEqual([
    {
      type: "call-over-memory",
      functionName: "bulky/holds",
      node: expect.any(String),
      attempt: 1,
      usedMb: expect.any(Number),
      memoryMb: SHARE,
      ends: false,
    },
  ]);
  const over = survived.events.find((event) => event.type === "call-over-memory");
  expect(over?.usedMb).toBeGreaterThan(SHARE);
});

test("a call that is to end then ends, is not tried again, and says why; nobody else in its place is harmed", async () => {
  await using world = new World();
  const never = join(world.path, "never");
  const survived = await survive(
    world,
    local(setTask({ memoryMb: SHARE, memoryLimit: "end" }), remoteEval(holds, { mb: MB, until: never, end: "return" })),
  );
  expect(survived.outcome).toMatchObject({
    error: expect.any(CallError),
  });
  expect(survived.outcome).toMatchObject({
    error: {
      reason: { kind: "over-memory", memoryMb: SHARE },
      site: { attempt: 1, attempts: 1 },
      message: expect.stringMatching(
        /\n {2}it held \d+ MB of memory, more than the 200 MB of setTaskMemory, and was ended for that \(memoryLimit: "end"\)\. Reserve what such calls need\n/,
      ),
    },
  });
  expect(survived.events.filter(isOver)).toMatchObject([{ ends: true }]);
  expect(survived.events.filter(({ type }) => type === "call-retried")).toEqual([]);
  for (const event of survived.events) if (event.type === "worker-started") expect(lives(event.pid)).toBe(false);
});

test("a worker that dies above its share says what it held", async () => {
  await using world = new World();
  const until = join(world.path, "open");
  const dies = local(setTask({ memoryMb: SHARE, attempts: 1 }), remoteEval(holds, { mb: MB, until, end: "die" }));
  const survived = await survive(world, opening(until, dies));
  expect(survived.outcome).toMatchObject({
    error: {
      message: expect.stringMatching(
        /the worker was killed by SIGKILL\. When it was last looked at it held \d+ MB of memory, more than the 200 MB of setTaskMemory\./,
      ),
    },
  });
});

test("a call within its share is not named, nor one that has none", async () => {
  await using world = new World();
  const until = join(world.path, "open");
  writeFileSync(until, "");
  for (const setting of [setTask({ memoryMb: 1_000, memoryLimit: "end" }), setTask({})]) {
    const survived = await survive(world, local(setting, remoteEval(holds, { mb: 50, until, end: "return" })));
    expect(survived.outcome).toEqual({ value: expect.any(Number) });
    expect(survived.events.filter(isOver)).toEqual([]);
  }
});
