/** When a lock's holder counts as gone. The clock and all who are asked are made up. */
import { ownIdentity } from "@hyperion-ts/processes/process-identity";
import type { LockHolder } from "@hyperion-ts/results/lock-file";
import { describe, expect, test } from "vitest";
import { HolderWatch, type HolderWorld } from "../../src/lock/holder-watch.ts";
import { lockKeys } from "../../src/lock/lock-keys.ts";
import { waitingText } from "../../src/lock/waiting-text.ts";

const PATH = "/p/data/locks/a.lock";
const JOB = "Slurm job 7 (start 0, user 1) of cluster alpha";
const RUN = { path: "/p/results.sqlite.lock", token: "aaaaaaaaaaaa" };

const holder: LockHolder = {
  ...ownIdentity(),
  host: "n9",
  bootId: "another",
  since: "2026-11-01T00:00:00.000Z",
  what: "program abcde, key 1",
  token: "0123456789ab",
};

/** A world in which time goes on by itself with each look. */
class MadeUpWorld implements HolderWorld {
  now = 0;
  signs = true;
  endedJobs: readonly string[] = [];
  locks: Readonly<Record<string, LockHolder>> = {};
  readonly asked: number[] = [];
  readonly nowMs = (): number => this.now;
  readonly writtenAtMs = (): number => (this.signs ? this.now : 0);
  readonly readHolder = (path: string): LockHolder | undefined => this.locks[path];
  readonly jobHasEnded = async (name: string): Promise<boolean> => {
    this.asked.push(this.now / 1_000);
    return this.endedJobs.includes(name);
  };

  /** Looks at the holder every second; whether it is gone then. */
  async look(watch: HolderWatch, there: LockHolder, seconds: number): Promise<boolean> {
    for (let at = 0; at < seconds; at++) {
      await watch.look({ kind: "in-the-way", path: PATH, holder: there });
      this.now += 1_000;
    }
    return watch.isGone(there);
  }
}

const withJob = { ...holder, job: JOB };
const inRun = { ...holder, within: RUN };

describe("a holder on another host", () => {
  test("that gives signs of life is left alone, and nobody is asked", async () => {
    const world = new MadeUpWorld();
    world.endedJobs = [JOB];
    expect(await world.look(new HolderWatch(world), withJob, 600)).toBe(false);
    expect(world.asked).toEqual([]);
  });

  test("that is silent, and whose job has ended, is gone", async () => {
    const world = new MadeUpWorld();
    world.signs = false;
    world.endedJobs = [JOB];
    expect(await world.look(new HolderWatch(world), withJob, 17)).toBe(true);
    expect(world.asked).toEqual([15]);
  });

  test("that is silent, and whose job runs, stays, and Slurm is asked ever more seldom", async () => {
    const world = new MadeUpWorld();
    world.signs = false;
    expect(await world.look(new HolderWatch(world), withJob, 300)).toBe(false);
    expect(world.asked).toEqual([15, 20, 30, 50, 90, 150, 210, 270]);
  });

  test("that is silent, and of which nobody knows, stays, however long", async () => {
    const world = new MadeUpWorld();
    world.signs = false;
    const watch = new HolderWatch(world);
    expect(await world.look(watch, inRun, 100_000)).toBe(false);
    const [key] = lockKeys(1);
    if (key === undefined) throw new Error("There is no key");
    expect(waitingText(key, { kind: "in-the-way", path: PATH, holder: inRun }, watch.silentMs)).toBe(
      `The lock of 1 is waited for: process ${process.pid} on host n9 (program abcde, key 1) has it since 2026-11-01T00:00:00.000Z, and has given no sign of life for 27 h 46 m. Whether it still runs can't be known from here: look on n9 (ps -p ${process.pid}); if it has ended, remove ${PATH}, or start its program again`,
    );
  });

  test.each([
    ["still has it", { ...inRun, token: RUN.token }, false],
    ["has it in its next run", { ...inRun, token: "bbbbbbbbbbbb" }, false],
    ["has lost it to another process", { ...inRun, pid: 1, token: "bbbbbbbbbbbb" }, true],
  ])("that is silent, and took its run's database before: it %s", async (_title, now, gone) => {
    const world = new MadeUpWorld();
    world.signs = false;
    world.locks = { [RUN.path]: now };
    expect(await world.look(new HolderWatch(world), inRun, 20)).toBe(gone);
  });

  test("is another one once the token has changed: silence begins anew", async () => {
    const world = new MadeUpWorld();
    world.signs = false;
    world.endedJobs = [JOB];
    const watch = new HolderWatch(world);
    await world.look(watch, withJob, 14);
    expect(await world.look(watch, { ...withJob, token: "bbbbbbbbbbbb" }, 14)).toBe(false);
  });
});

test("a dead process of this host is gone at once", () => {
  const watch = new HolderWatch(new MadeUpWorld());
  expect(watch.isGone({ ...holder, ...ownIdentity(), pid: 4_194_305 })).toBe(true);
  expect(watch.isGone({ ...holder, ...ownIdentity() })).toBe(false);
});
