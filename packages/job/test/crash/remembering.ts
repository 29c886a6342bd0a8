/**
 * A program for tests that is killed: it remembers the results of short calls. Arguments: its directory, how many keys
 * (`Infinity`: until it is killed), after how many acknowledgements it halts behind a COMMIT (`Infinity`: never), and where
 * its database is (that of its directory, where nothing is said).
 *
 * On its standard output it says "acknowledged X" when it has the result of X, "committed" where it halts, and "end". The
 * calls say for themselves that they ran, in the file `executions` of the directory.
 */
import { appendFileSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import {
  defineRemote,
  forConcurrently_,
  type Job,
  keyValMap,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "../../src/index.ts";

const CALL_MS = 1;
/** Should nobody kill it, it ends by itself. */
const HALT_MS = 60_000;

/** Appends a line to the file `executions`: x, and when it began, in nanoseconds of the monotonic clock that all processes share. */
export const recordedSquare = defineRemote(import.meta, {
  name: "crash/recorded-square",
  input: z.object({ x: z.int(), executions: z.string() }),
  output: z.int(),
  run: ({ x, executions }) => {
    appendFileSync(executions, `${x} ${process.hrtime.bigint()}\n`);
    const end = performance.now() + CALL_MS;
    while (performance.now() < end);
    return x * x;
  },
});

export const squares = keyValMap("squares", z.object({ x: z.int() }), z.int());

/** The square of x: from the database of the program in `dir`, or computed and recorded. */
export const square = (dir: string, x: number): Job<number> =>
  memoizeWithMap(squares, ({ x }) => remoteEval(recordedSquare, { x, executions: join(dir, "executions") }), { x });

/** Pauses this thread, so that nothing of the program goes on. */
export const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function* numbers(count: number): Generator<number> {
  for (let x = 0; x < count; x += 1) yield x;
}

if (import.meta.main) {
  const [dir = "", count = "0", haltAfter = "Infinity", database] = process.argv.slice(2);
  // A program that is killed never writes its compiled code: without this each start would compile all anew.
  flushCompileCache();
  const say = (line: string): void => void writeSync(1, `${line}\n`);
  let acknowledged = 0;
  const aroundCommit = (commit: () => void): void => {
    commit();
    if (acknowledged < Number(haltAfter)) return;
    say("committed");
    pause(HALT_MS);
    process.exit(1);
  };
  const job = forConcurrently_(numbers(Number(count)), (x) => async (env) => {
    await square(dir, x)(env);
    acknowledged += 1;
    say(`acknowledged ${x}`);
  });
  const info = programInfo(dir);
  await runJobLocal({ ...info, database: database ?? info.database }, job, {
    cpus: 2,
    progress: "none",
    results: { aroundCommit },
  });
  say("end");
}
