/**
 * A program as README has it: nothing in it says how it ends. Arguments: its directory, and what happens in it. It prints
 * "begun" when its calls are wanted.
 */
import {
  CallError,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
  type RunLocalOptions,
  runJobSlurm,
  setTaskCpus,
} from "../../../src/index.ts";
import { picky } from "./picky.ts";

const stored = keyValMap("picky", picky.input, picky.output);
const values = (xs: readonly number[], ms: number): Job<number[]> =>
  mapConcurrently(xs, (x) => memoizeWithMap(stored, (key) => remoteEval(picky, key), { x, ms }));

const begun =
  <A>(job: Job<A>): Job<A> =>
  async (env) => {
    console.log("begun");
    return await job(env);
  };

const [dir = "out", what = ""] = process.argv.slice(2);
const run = <A>(job: Job<A>, options: RunLocalOptions = {}): Promise<A> =>
  runJobLocal(programInfo(dir), begun(job), { cpus: 1, ...options });

if (import.meta.main) {
  switch (what) {
    case "endless":
      await run(values([1, 2], 3_600_000));
      break;
    case "quiet-endless":
      await run(values([1, 2], 3_600_000), { progress: "none" });
      break;
    case "with-listeners":
      process.on("exit", (code) => console.log(`listener heard ${code}`));
      await run(values([1, 2], 3_600_000));
      break;
    case "failing-call":
      await run(values([-1], 0));
      break;
    case "quiet-failing-call":
      await run(values([-1], 0), { progress: "none" });
      break;
    case "failing-job":
      await run(async () => JSON.parse("{ no JSON"));
      break;
    case "never-fits":
      await run(local(setTaskCpus(1_000), values([1], 0)));
      break;
    case "no-directory":
      await runJobLocal(programInfo("/dev/null/out"), values([1], 0));
      break;
    case "no-allocation":
      await runJobSlurm(programInfo(dir), values([1], 0));
      break;
    case "left-behind":
      await run(async (env) => void remoteEval(picky, { x: 1, ms: 3_600_000 })(env));
      break;
    case "outside":
      await run(values([1], 0));
      throw new TypeError("This is no error of a run");
    case "caught":
      try {
        await run(values([-1], 0));
      } catch (error) {
        console.log(error instanceof CallError ? "caught" : error);
      }
      break;
    case "own-code":
      await run(values([-1], 0)).catch(() => void (process.exitCode = 7));
      break;
    case "caught-then-fine":
      await run(values([-1], 0)).catch(() => undefined);
      console.log(await run(values([1], 0)));
      break;
    case "fine-then-failing":
      console.log(await run(values([1], 0)));
      await run(values([-1], 0));
      break;
    case "own-handler":
      process.on("uncaughtException", (error) => {
        console.log(`handler has ${error.name}`);
        process.exit(9);
      });
      await run(values([-1], 0));
      break;
    case "own-monitor":
      process.on("uncaughtExceptionMonitor", (error) => console.log(`monitor has ${error.name}`));
      await run(values([-1], 0));
      break;
    default:
      throw new Error(`Nobody knows "${what}"`);
  }
}
