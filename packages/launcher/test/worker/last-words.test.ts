import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LostAs, WorkerDeath } from "../../src/index.ts";
import { forever, leaves } from "../functions/leaving.ts";
import { square } from "../functions.ts";
import { recordedCall } from "../recorded-call.ts";
import { kill, testNode } from "../world.ts";

interface Lost {
  readonly death: WorkerDeath;
  readonly as: LostAs;
}

/** A call that tells what it had to do with the end of its worker. */
function lostCall(
  fn: Parameters<typeof recordedCall>[0],
  input: unknown,
): { readonly call: ReturnType<typeof recordedCall>; readonly lost: Promise<Lost> } {
  const { promise: lost, resolve } = Promise.withResolvers<Lost>();
  return { call: { ...recordedCall(fn, input), lost: (death, as) => resolve({ death, as }) }, lost };
}

describe.concurrent("what an earlier call has left behind", () => {
  test.for([
    [
      "throws",
      /^a call of test\/leaves \(#1, input \{ deed: 'throws', when: '.*' \}\) had been answered, and left something behind that threw RangeError: left behind \(at .*leaving\.ts/,
    ],
    [
      "rejects",
      /^a call of test\/leaves \(#1, input \{ deed: 'rejects', when: '.*' \}\) had been answered, and left something behind that threw RangeError: left behind/,
    ],
    [
      "exits",
      /^a call of test\/leaves \(#1, input \{ deed: 'exits', when: '.*' \}\) had been answered, and left something behind that ended the process with code 3$/,
    ],
  ] as const)(
    "and %s is not the fault of the call that runs by then, and the worker's death names whose it is",
    async ([what, blame]) => {
      await using node = await testNode();
      await using worker = await node.launcher.launch({});
      const file = join(node.world.folder, "running");
      expect(await worker.call(leaves, { deed: what, when: file })).toBe(null);
      const running = lostCall(forever, file);
      const next = lostCall(square, 2);
      const behind = lostCall(square, 3);
      for (const { call } of [running, next, behind]) worker.submit(call);
      expect((await Promise.all([running, next, behind].map(({ lost }) => lost))).map(({ as }) => as)).toEqual([
        "struck",
        "next",
        "behind",
      ]);
      expect((await running.lost).death).toMatchObject({ kind: "exited", blame: expect.stringMatching(blame) });
      expect(worker.ending).toBe(true);
    },
  );
});

describe.concurrent("a call", () => {
  test("that was on its way to a worker that was killed is not taken for one that it ran", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    await using other = await node.launcher.launch({});
    expect(await worker.call(square, 3)).toBe(9);
    kill(worker.pid, "SIGSTOP");
    const { call, lost } = lostCall(square, 2);
    worker.submit(call);
    // Its agent has passed the call on when it has passed on a later one, to somebody else.
    expect(await other.call(square, 4)).toBe(16);
    kill(worker.pid);
    expect(await lost).toMatchObject({ as: "next", death: { kind: "killed", signal: "SIGKILL" } });
  });

  test("that runs is taken for the cause where its worker is the first to know, and where nobody can know", async () => {
    await using node = await testNode();
    for (const what of ["throws", "exits", "kills"] as const) {
      await using worker = await node.launcher.launch({});
      const { call, lost } = lostCall(leaves, { deed: what, when: null });
      worker.submit(call);
      if (what === "throws") expect(await call.ended).toMatchObject({ type: "failed", failure: { kind: "uncaught" } });
      else expect(await lost).toMatchObject({ as: "running" });
      await worker.gone;
    }
  });
});

test("a worker that closes the descriptor of its frames is ended, though it lives on", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const { call, lost } = lostCall(leaves, { deed: "closes", when: null });
  worker.submit(call);
  expect(await lost).toMatchObject({
    as: "running",
    death: { kind: "killed", complaint: "something in it has closed file descriptor 3, which carries its frames" },
  });
});
