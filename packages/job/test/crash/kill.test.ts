import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openResults } from "@hyperion-ts/results";
import { expect, test } from "vitest";
import { lookupAll, programInfo } from "../../src/index.ts";
import { TempDir } from "../local-run.ts";
import { type Moment, randomMoments } from "./moments.ts";
import { squares } from "./remembering.ts";
import { RunningProgram } from "./running-program.ts";

const TIMEOUT_MS = 300_000;

/** What is in a program's directory when nobody runs in it. */
class Remains {
  readonly #dir: TempDir;
  #executionsSeen = 0;

  constructor(dir: TempDir) {
    this.#dir = dir;
  }

  /** The keys with a right result in the database. */
  async stored(): Promise<ReadonlySet<number>> {
    await using results = await openResults({
      path: this.#dir.info.database,
      programId: programInfo(this.#dir.path).id,
    });
    const rows = await lookupAll(squares)({ results });
    return new Set(rows.filter(([{ x }, value]) => value === x * x).map(([{ x }]) => x));
  }

  /** The keys that were computed since this was asked the last time. */
  newlyExecuted(): readonly number[] {
    const lines = readLines(join(this.#dir.path, "executions"));
    const executed = lines.slice(this.#executionsSeen).map((line) => Number.parseInt(line, 10));
    this.#executionsSeen = lines.length;
    return executed;
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } catch {
    // Nothing was executed yet.
    return [];
  }
}

/** Runs the program and kills it at `moment`. `stored` keys are in its database already. */
async function killAt(
  moment: Moment,
  dir: string,
  stored: number,
): Promise<{ readonly acknowledged: ReadonlySet<number>; readonly left: readonly number[] }> {
  const endless = Number.POSITIVE_INFINITY;
  await using program = new RunningProgram(
    dir,
    endless,
    moment.kind === "committed" ? stored + moment.acknowledged : endless,
  );
  switch (moment.kind) {
    case "starting":
      await sleep(moment.delayMs);
      break;
    case "running":
      await program.until(({ acknowledged }) => acknowledged.size >= stored + moment.acknowledged);
      await sleep(moment.delayMs);
      break;
    case "committed":
      await program.until(({ said }) => said.includes("committed"));
      break;
    default:
      moment satisfies never;
  }
  const left = await program.kill();
  return { acknowledged: program.acknowledged, left };
}

test(
  "kill -9 at 20 random moments, 6 of them between COMMIT and acknowledgement: what was acknowledged is stored and never computed again, and no process is left",
  { timeout: TIMEOUT_MS },
  async () => {
    const seed = Number(process.env["HYPERION_CRASH_SEED"] ?? randomInt(2 ** 31));
    console.log(`Moments of death: seed ${seed} (again with HYPERION_CRASH_SEED=${seed})`);
    using dir = new TempDir();
    const remains = new Remains(dir);
    let stored = await remains.stored();
    for (const moment of randomMoments(seed, { starting: 3, running: 11, committed: 6 })) {
      const before = stored;
      const { acknowledged, left } = await killAt(moment, dir.path, before.size);
      stored = await remains.stored();
      const kept = acknowledged.difference(stored).size === 0 && before.difference(stored).size === 0;
      const computedAgain = remains.newlyExecuted().filter((x) => before.has(x));
      expect({ moment, kept, computedAgain, left }).toEqual({ moment, kept: true, computedAgain: [], left: [] });
      // The fault point was where it should be: something was stored and not acknowledged.
      if (moment.kind === "committed") expect(stored.difference(acknowledged).size).toBeGreaterThan(0);
    }
    await using last = new RunningProgram(dir.path, Math.max(...stored) + 1);
    await last.until(({ said }) => said.includes("end"));
    expect(stored.difference(last.acknowledged)).toEqual(new Set());
    expect(remains.newlyExecuted().filter((x) => stored.has(x))).toEqual([]);
  },
);
