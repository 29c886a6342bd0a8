/** One round of a fault: a program is started, struck at its moment, looked at when it has ended, and run again. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, HostileCalls } from "./fault.ts";
import type { Scene } from "./scene.ts";
import type { Evidence, ProgramEnd, RunEvidence, StoredRow } from "./judge/evidence.ts";
import { databasesBelow, leftFiles, readJournal, readRows } from "./judge/read-evidence.ts";
import { type Moment, randomMoment } from "./moment.ts";
import type { CallPlan, ProgramPlan } from "./plan.ts";
import { type Acknowledgement, journalOf, monotonicMs, type Note } from "./program/journal.ts";
import type { Random } from "./random.ts";
import type { Running, Stage } from "./world/stage.ts";

const POLL_MS = 5;
/** How long the program may take to come to its moment. */
const MOMENT_MS = 60_000;
const ENDS_WITHIN_MS = 30_000;
/** How long processes may be there after the program has ended. */
const GONE_WITHIN_MS = 20_000;
/** An acknowledgement that was under way when the fault struck. */
const UNDER_WAY_MS = 250;

/** What a round is about, whatever its world. */
export type Round<Target> = Pick<
  Fault,
  "hostile" | "options" | "shared" | "haltAtCommitMs" | "moments" | "destroys" | "endsWithinMs" | "launch" | "mend"
> & {
  /** What is done at the moment. Default: nothing. */
  readonly strike?: (target: Target) => Promise<void> | void;
};

/** Plays a round on a stage, and says what was seen. */
export async function playRound<Target>(fault: Round<Target>, stage: Stage<Target>): Promise<Evidence> {
  const { scene, journals } = stage;
  const calls = randomCalls(scene.random, fault.hostile);
  const options = randomOptions(stage, fault.options);
  const { shared = false } = fault;
  const moment = randomMoment(scene.random, calls.length, fault.moments);
  const first = await stage.start(
    writePlan(stage, { run: "1", calls, options, shared, haltAtCommitMs: fault.haltAtCommitMs ?? 0 }),
    (await fault.launch?.(scene)) ?? {},
  );
  await untilMoment(moment, first, stage);
  first.takeNote();
  if (!first.hasEnded) await fault.strike?.(first.target);
  const struckAt = monotonicMs();
  const firstEvidence = await endOf(first, scene, fault.endsWithinMs ?? ENDS_WITHIN_MS);
  const others = await Promise.all(first.others.map((other) => inTime(other, ENDS_WITHIN_MS, "another program")));
  await stage.heal();
  await fault.mend?.(scene);
  if (stage.where !== "login") putDatabaseBack(scene);
  const rowsBetween = stage.where === "login" ? allRows(scene) : readRows(scene.database, scene.root);

  const secondAt = monotonicMs();
  const second = await stage.start(
    writePlan(stage, { run: "2", calls: calls.map(behaving), options, shared, haltAtCommitMs: 0 }),
    {},
  );
  const secondEvidence = await endOf(second, scene, ENDS_WITHIN_MS);
  return {
    calls,
    acknowledgements: readJournal<Acknowledgement>(journalOf.acknowledgements(journals)),
    notes: readJournal<Note>(journalOf.computations(journals)),
    first: firstEvidence,
    others,
    rowsBetween,
    secondAt,
    second: secondEvidence,
    leftFiles: leftFiles(scene.dir, scene.temporary),
    ...(fault.destroys === true ? { destroyedBefore: struckAt + UNDER_WAY_MS } : {}),
  };
}

/** 30 to 60 calls of 5 to 50 ms; a few of them hostile. */
function randomCalls(random: Random, hostile: HostileCalls | undefined): readonly CallPlan[] {
  const calls = Array.from({ length: random.between(30, 60) }, (_, key): CallPlan => ({
    key,
    ms: random.between(5, 50),
  }));
  if (hostile === undefined) return calls;
  const { most = 3, ...deed } = hostile;
  const chosen = new Set(random.some(random.between(1, most), calls).map(({ key }) => key));
  return calls.map((call) =>
    chosen.has(call.key) ? { ...call, hostile: { ...deed, attempts: random.between(1, 3) } } : call,
  );
}

/** Compiled code is mostly shared by all rounds, which spares time; now and then it is where programs have it by default. */
const randomOptions = <Target>(
  { where, scene: { random, compileCache } }: Stage<Target>,
  options: ProgramPlan["options"] = {},
): ProgramPlan["options"] => (random.between(1, 5) === 1 || where === "login" ? options : { compileCache, ...options });

/** A person has mended it. */
const behaving = ({ key, ms }: CallPlan): CallPlan => ({ key, ms });

function writePlan<Target>(
  { scene, journals, where }: Stage<Target>,
  { run, options, ...others }: Pick<ProgramPlan, "run" | "calls" | "options" | "shared" | "haltAtCommitMs">,
): string {
  const file = join(scene.root, `plan-${run}.json`);
  const plan: ProgramPlan = {
    dir: scene.dir,
    journals,
    run,
    where,
    options: { progress: "none", ...(where === "laptop" ? { cpus: 2 } : {}), ...options },
    ...others,
  };
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

/** Returns early where the program ends before. */
async function untilMoment<Target>(
  moment: Moment,
  program: Running<Target>,
  { journals, where }: Stage<Target>,
): Promise<void> {
  if (moment.kind === "at-once") return;
  if (moment.kind !== "starting") {
    const end = performance.now() + MOMENT_MS;
    // A program on the login node has results in hand when a whole job has ended.
    const known = (): number =>
      where === "login"
        ? readJournal<Note>(journalOf.computations(journals)).filter(({ what }) => what === "end").length
        : readJournal<Acknowledgement>(journalOf.acknowledgements(journals)).length;
    while (!program.hasEnded && known() < moment.acknowledged && performance.now() < end) await sleep(POLL_MS);
  }
  await Promise.race([sleep(moment.delayMs), program.ended]);
}

/** Waits for the end of a run and of all that it has started, ends what does not end, and takes stock. */
async function endOf(program: Running<unknown>, scene: Scene, withinMs: number): Promise<RunEvidence> {
  const end = await inTime(program.ended, withinMs, () => program.processes().join("; "));
  const late = performance.now() + (end.type === "hung" ? 0 : GONE_WITHIN_MS);
  // Other programs that the fault has started end by themselves, too.
  while (program.processes().length > 0 && performance.now() < late) await sleep(4 * POLL_MS);
  const leftProcesses = end.type === "hung" ? [] : program.processes();
  await program.kill();
  return { end, leftProcesses, rows: allRows(scene) };
}

async function inTime(
  ended: Promise<ProgramEnd>,
  withinMs: number,
  state: string | (() => string),
): Promise<ProgramEnd> {
  const timeout = new AbortController();
  const late = sleep(withinMs, undefined, { signal: timeout.signal }).then(
    (): ProgramEnd => ({ type: "hung", afterMs: withinMs, state: typeof state === "string" ? state : state() }),
    () => ended,
  );
  const end = await Promise.race([ended, late]);
  timeout.abort();
  return end;
}

/** A key that is in several files counts once; where values differ, the right one may be in any of them. */
const allRows = (scene: Scene): readonly StoredRow[] =>
  databasesBelow(scene.root).flatMap((file) => readRows(file, scene.root));

/** What a person does who reads that the results are in another file now: gives that the database's name. */
function putDatabaseBack({ database, root }: Scene): void {
  const rowsOf = (file: string): number => readRows(file, root).length;
  const [best] = databasesBelow(root).toSorted((a, b) => rowsOf(b) - rowsOf(a));
  if (best === undefined || best === database || rowsOf(best) <= rowsOf(database)) return;
  // Its folder may have been removed, too.
  mkdirSync(dirname(database), { recursive: true });
  rmSync(`${database}-shm`, { force: true });
  for (const end of ["-wal", ""]) {
    rmSync(`${database}${end}`, { force: true });
    if (existsSync(`${best}${end}`)) renameSync(`${best}${end}`, `${database}${end}`);
  }
}
