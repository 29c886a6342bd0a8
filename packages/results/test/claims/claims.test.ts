/** Equal calls of a program and its jobs, over all orders in which messages, rows, commits and faults may come. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadMapRows } from "../../src/load-map-rows.ts";
import { ClaimWorld, type Call, type CallEnd } from "./claim-world.ts";

const JOBS = 3;
const KEYS = 3;

interface Schedule {
  readonly calls: readonly Call[];
  readonly oldKeys: readonly number[];
  /** Which of what may happen does so next. */
  readonly choices: readonly number[];
}

/** What may go wrong. */
interface Faults {
  readonly cuts?: boolean;
  readonly kills?: boolean;
  readonly aborts?: boolean;
  readonly errors?: boolean;
}

const schedules = ({ errors = false }: Faults): fc.Arbitrary<Schedule> =>
  fc.record({
    calls: fc.array(
      fc.record<Call>({
        place: fc.nat(JOBS),
        key: fc.nat(KEYS - 1),
        code: fc.constantFrom("any", "any", "same"),
        computes: errors ? fc.constantFrom("value", "error") : fc.constant("value"),
      }),
      { minLength: 2, maxLength: 14 },
    ),
    oldKeys: fc.subarray([0, 1]),
    choices: fc.array(fc.nat(1_000), { minLength: 20, maxLength: 160 }),
  });

/** Runs a schedule to its end: then nothing can happen any more. */
async function run({ calls, oldKeys, choices }: Schedule, faults: Faults): Promise<ClaimWorld> {
  const world = new ClaimWorld(JOBS, oldKeys);
  const toBegin = [...calls];
  for (const choice of choices) {
    const steps = world.steps();
    const begin = toBegin.length > 0 ? [() => world.begin(toBegin.shift() ?? fail())] : [];
    const all = [...steps, ...steps, ...begin, ...begin, ...comings(world, choice), ...faultsOf(world, faults, choice)];
    all[choice % all.length]?.();
    await world.settle();
  }
  for (const job of world.jobs) world.connect(job);
  for (const call of toBegin) world.begin(call);
  await drain(world, choices);
  for (const [i, job] of world.jobs.entries()) {
    // Who is cut off comes back, or ends.
    if (job.place.isKilled || (faults.cuts === true && (choices[i] ?? 0) % 2 === 0)) world.jobEnded(job);
    else world.connect(job);
  }
  await drain(world, choices);
  return world;
}

const fail = (): never => expect.fail("there is no call left");

async function drain(world: ClaimWorld, choices: readonly number[]): Promise<void> {
  await world.settle();
  for (let count = 0; ; count += 1) {
    const steps = world.steps();
    if (steps.length === 0) return;
    steps[(choices[count % choices.length] ?? 0) % steps.length]?.();
    await world.settle();
  }
}

/** Jobs come and go: there is one alone for a while. */
function comings(world: ClaimWorld, choice: number): readonly (() => void)[] {
  const next = world.jobs.find(({ wires }) => wires.size === 0);
  const job = world.jobs[choice % JOBS];
  return [
    ...(next === undefined ? [] : [() => world.connect(next)]),
    ...(job === undefined || choice % 5 !== 0 ? [] : [() => world.leave(job)]),
  ];
}

function faultsOf(world: ClaimWorld, { cuts, kills, aborts }: Faults, choice: number): readonly (() => void)[] {
  const job = world.jobs[choice % JOBS];
  if (job === undefined) return [];
  return [
    ...(cuts === true ? [() => world.cut(job), () => world.connect(job), () => world.release(job)] : []),
    ...(kills === true && choice % 7 === 0 ? [() => (job.place.isKilled ? world.jobEnded(job) : world.kill(job))] : []),
    ...(aborts === true ? [() => world.abort(choice % (JOBS + 1))] : []),
  ];
}

async function property(
  faults: Faults,
  holds: (world: ClaimWorld, schedule: Schedule) => void,
  numRuns = 300,
): Promise<void> {
  let soleCount = 0;
  await fc.assert(
    fc.asyncProperty(schedules(faults), async (schedule) => {
      const world = await run(schedule, faults);
      soleCount += world.soleCount;
      expectEnded(world, schedule);
      holds(world, schedule);
    }),
    { numRuns },
  );
  // Jobs have decided by themselves, and stopped doing so.
  expect(soleCount).toBeGreaterThan(numRuns / 2);
}

// The first call of all loads a file, which takes longer than a step.
beforeAll(loadMapRows);

describe("equal calls of a program and its jobs", () => {
  test("run once, and all get the value", () =>
    property({}, (world, schedule) => {
      expectValues(world, schedule);
      for (const computed of byKey(world.computations).values()) expect(computed).toHaveLength(1);
    }));

  test("run once more where a job is killed that has not committed their value", () =>
    property({ kills: true }, (world, schedule) => {
      expectValues(world, schedule);
      for (const committed of byKey(world.committed).values()) expect(committed).toHaveLength(1);
    }));

  test("run once on each side of a cut", () =>
    property({ cuts: true }, (world, schedule) => {
      expectValues(world, schedule);
      for (const computed of byKey(world.computations).values())
        expect(new Set(computed.map(({ place }) => place)).size).toBe(computed.length);
    }));

  test("share errors, but no cancellations, and get values and errors that there were, whatever goes wrong", () =>
    property({ cuts: true, kills: true, aborts: true, errors: true }, (world, { calls, oldKeys }) => {
      for (const call of calls) {
        const end = world.ends.get(call);
        const names = world.computations.filter(({ key }) => key === call.key).map(({ name }) => name);
        if (end?.kind === "error")
          expect(world.aborted.has(call) ? [...names, "aborted"] : names).toContain(end.message);
        if (end?.kind === "value") expect(valuesOf(world, call, oldKeys)).toContain(end.value);
      }
    }));
});

/** Each call has a value of its key. */
function expectValues(world: ClaimWorld, { calls, oldKeys }: Schedule): void {
  for (const call of calls) {
    const end = world.ends.get(call);
    if (end?.kind !== "lost") expect(valuesOf(world, call, oldKeys)).toContain(valueOf(end));
  }
}

const valuesOf = ({ committed }: ClaimWorld, { key }: Call, oldKeys: readonly number[]): readonly string[] => [
  ...committed.filter((each) => each.key === key).map(({ value }) => value),
  ...(oldKeys.includes(key) ? ["old"] : []),
];

const byKey = <A extends { readonly key: number }>(all: readonly A[]): ReadonlyMap<number, readonly A[]> =>
  Map.groupBy(all, ({ key }) => key);

/** All calls have ended, values of today's code came to those who asked for them, and nobody has a claim any more. */
function expectEnded(world: ClaimWorld, { calls }: Schedule): void {
  for (const call of calls) {
    const end = world.ends.get(call);
    expect(end, `the call of ${call.key} in place ${call.place} has ended`).toBeDefined();
    if (call.code === "same") expect(valueOf(end)).not.toBe("old");
  }
  expect(world.isQuiet).toBe(true);
}

const valueOf = (end: CallEnd | undefined): string | undefined => (end?.kind === "value" ? end.value : undefined);
