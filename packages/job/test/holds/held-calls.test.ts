/** Remote calls that fail, and wait for a person. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { lookAtRun, type RunView, runsIn } from "@hyperion-ts/control";
import { type Hold, HoldFiles } from "@hyperion-ts/holds";
import { describe, expect, test, vi } from "vitest";
import {
  type Job,
  local,
  mapConcurrently,
  mapConcurrentlySettled,
  remoteEval,
  remoteEvalM,
  type RunEvent,
  runJobLocal,
  type RunLocalOptions,
  setTask,
} from "../../src/index.ts";
import { TempDir } from "../local-run.ts";
import { demanding, mended, slow } from "./functions.ts";

const PATIENCE = { timeout: 100_000, interval: 20 } as const;

/** A run that holds its calls, and who looks at it. */
async function running<A>(
  dir: TempDir,
  job: Job<A>,
  options: RunLocalOptions = {},
): Promise<{ readonly ended: Promise<A>; readonly view: RunView; readonly events: readonly RunEvent[] }> {
  const events: RunEvent[] = [];
  const ended = runJobLocal(dir.info, job, {
    cpus: 2,
    progress: "none",
    handleSignals: false,
    onFailure: "hold",
    onEvent: ({ event }) => events.push(event),
    ...options,
  });
  ended.catch(() => undefined);
  const found = await vi.waitUntil(() => runsIn(dir.path).find(({ process }) => process === "living"), PATIENCE);
  return { ended, view: await lookAtRun(found), events };
}

const held = async (view: RunView, count: number): Promise<readonly Hold[]> =>
  await vi.waitUntil(async () => {
    const all = await view.holds();
    return all.length === count ? all : undefined;
  }, PATIENCE);

const triesOf = (file: string): number =>
  existsSync(`${file}.tries`) ? readFileSync(`${file}.tries`, "utf8").split("\n").length - 1 : 0;

describe("a call that fails", () => {
  test("is held while the others go on, and is made again with what its hold says would help", async () => {
    using dir = new TempDir();
    const file = join(dir.path, "mended");
    const done: unknown[] = [];
    const calls = [
      remoteEval(mended, { file, x: 3 }),
      local(setTask({ timeLimitMs: 400 }), remoteEval(slow, 900)),
      local(setTask({ memoryMb: 100 }), remoteEval(demanding, 400)),
      remoteEvalM(slow, async () => 0),
    ];
    const { ended, view, events } = await running(
      dir,
      mapConcurrently(calls, (call): Job<unknown> => async (env) => {
        const value = await call(env);
        done.push(value);
        return value;
      }),
    );
    const holds = await held(view, 3);
    await vi.waitFor(() => expect(done).toEqual(["slow"]), PATIENCE);
    const of = (name: string): Hold => holds.find((hold) => hold.name === name) ?? expect.fail(`no hold of ${name}`);
    const [thrown, late, demands] = [of("holds/mended"), of("holds/slow"), of("holds/demanding")];
    expect(thrown).toMatchObject({ kind: "call", reason: "threw", input: expect.stringContaining("x: 3") });
    expect(thrown.why).toContain("nobody has mended it");
    expect(late).toMatchObject({ reason: "timed-out", remedy: { changes: { time: "0:00:02" } } });
    expect(await view.text({ columns: 80, rows: 24, colour: false })).toContain(", 3 held");

    await expect(view.retryHold(demands.id, { partition: "long" })).rejects.toThrow(
      "A remote call can't have --partition: it has --cpus, --mem and --time",
    );
    await view.retryHold(late.id, late.remedy.changes);
    await view.retryHold(demands.id, { cpus: "2", mem: "500M" });
    writeFileSync(file, "");
    await view.retryHold(thrown.id, {});
    expect(await ended).toEqual([9, "slow", "has what it wants", "slow"]);
    expect(new HoldFiles(dir.path).list()).toEqual([]);
    expect(events.filter(({ type }) => type === "call-failed")).toEqual([]);
    expect(events.filter(({ type }) => type === "call-held" || type === "call-released")).toHaveLength(6);
  });

  test("gives its caller the error when a person gives it up, and where only that was wanted", async () => {
    using dir = new TempDir();
    const call = (x: number): Job<number> => remoteEval(mended, { file: join(dir.path, "never"), x });
    const { ended, view, events } = await running(
      dir,
      mapConcurrentlySettled([call(1), local(setTask({ onFailure: "reject" }), call(2))], (job) => job),
      { inProcess: true },
    );
    const [hold] = await held(view, 1);
    expect(hold?.input).toContain("x: 1");
    await view.cancelHold(hold?.id ?? "");
    const failed = { status: "rejected", reason: expect.objectContaining({ name: "CallError" }) };
    expect(await ended).toEqual([failed, failed]);
    expect(events.filter(({ type }) => type === "call-failed")).toHaveLength(2);
    expect(new HoldFiles(dir.path).list()).toEqual([]);
  });

  test("gives its caller the error where it can't be held, as where a file has the name of the folder", async () => {
    using dir = new TempDir();
    writeFileSync(join(dir.path, "holds"), "mine");
    const events: RunEvent[] = [];
    const ended = runJobLocal(dir.info, remoteEval(mended, { file: join(dir.path, "never"), x: 1 }), {
      inProcess: true,
      progress: "none",
      onFailure: "hold",
      onEvent: ({ event }) => events.push(event),
    });
    await expect(ended).rejects.toThrow("nobody has mended it");
    expect(events).toContainEqual({ type: "log", message: expect.stringMatching(/can't be held: .*holds is a file/) });
    expect(readFileSync(join(dir.path, "holds"), "utf8")).toBe("mine");
  });

  test("shares its hold with equal ones, and is not held any longer when its group has failed", async () => {
    using dir = new TempDir();
    const file = join(dir.path, "mended");
    const equal = await running(
      dir,
      mapConcurrently([5, 5, 5], (x) => remoteEval(mended, { file, x })),
      { inProcess: true },
    );
    const [hold] = await held(equal.view, 1);
    await vi.waitFor(async () => expect((await equal.view.holds())[0]?.tries).toBe(3), PATIENCE);
    writeFileSync(file, "");
    await equal.view.retryHold(hold?.id ?? "", {});
    expect(await equal.ended).toEqual([25, 25, 25]);
    expect(new HoldFiles(dir.path).list()).toEqual([]);

    using other = new TempDir();
    const fails = Promise.withResolvers<never>();
    const failing = await running(
      other,
      mapConcurrently(
        [remoteEval(mended, { file: join(other.path, "never"), x: 1 }), () => fails.promise],
        (job) => job,
      ),
      { inProcess: true },
    );
    await held(failing.view, 1);
    fails.reject(new Error("the program fails"));
    await expect(failing.ended).rejects.toThrow("the program fails");
    expect(new HoldFiles(other.path).list()).toEqual([]);
  });
});

describe("a hold outlives its program", () => {
  const program = (dir: TempDir) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "programs/holding.ts"), dir.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    return { child, printed: text(child.stdout) };
  };

  test("after kill -9 the call is held again, without a try, until a person decides in its file", async () => {
    using dir = new TempDir();
    const file = join(dir.path, "mended");
    const holds = new HoldFiles(dir.path);
    const first = program(dir);
    const hold = await vi.waitUntil(() => holds.list()[0], PATIENCE);
    first.child.kill("SIGKILL");
    await first.printed;

    const second = program(dir);
    const found = await vi.waitUntil(() => runsIn(dir.path).find(({ process }) => process === "living"), PATIENCE);
    const view = await lookAtRun(found);
    await vi.waitFor(
      async () => expect(await view.text({ columns: 80, rows: 24, colour: false })).toContain("1 held"),
      PATIENCE,
    );
    expect(triesOf(file)).toBe(1);
    writeFileSync(file, "");
    holds.decide(hold.id, { kind: "retry" });
    expect(await second.printed).toBe("9\n");
    expect(triesOf(file)).toBe(2);
    expect(holds.list()).toEqual([]);
  });

  test("what is decided while no program runs, the next run does", async () => {
    using dir = new TempDir();
    const holds = new HoldFiles(dir.path);
    const first = program(dir);
    const hold = await vi.waitUntil(() => holds.list()[0], PATIENCE);
    first.child.kill("SIGTERM");
    expect(await first.printed).toMatch(/^InterruptedError: /);
    expect(holds.list()).toHaveLength(1);
    holds.decide(hold.id, { kind: "cancel" });
    expect(await program(dir).printed).toMatch(
      new RegExp(
        `^CallError: holds/mended .*\\n.*It was held as ${hold.id}, and a person has given it up.*nobody has mended it`,
      ),
    );
    expect(triesOf(join(dir.path, "mended"))).toBe(1);
    expect(holds.list()).toEqual([]);
  });
});
