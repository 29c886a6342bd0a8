/** The errors that calls and runs throw are known by their classes, all from this package. */
import { expect, test } from "vitest";
import {
  CallError,
  ExecError,
  InvalidValueError,
  type Job,
  LaunchError,
  local,
  LogDirectoryError,
  NeverFitsError,
  openResults,
  programInfo,
  remoteEval,
  ResultsError,
  runJobLocal,
  runJobSlurm,
  setTaskCpus,
  SlurmEnvError,
} from "../src/index.ts";
import { exits } from "./functions/exits.ts";
import { runQuietly, TempDir } from "./local-run.ts";

const thrownBy = (run: () => Promise<unknown>): Promise<unknown> =>
  run().then(
    () => "nothing",
    (error: unknown) => error,
  );
const failureOf = (job: Job<unknown>): Promise<unknown> => thrownBy(() => runQuietly(job));

test("a program that a function runs fails its call with an ExecError as the cause, with its exit code and what it said", async () => {
  const error = await failureOf(remoteEval(exits, { code: 7 }));
  const cause = error instanceof CallError ? error.cause : undefined;
  expect(cause).toBeInstanceOf(ExecError);
  if (cause instanceof ExecError) expect([cause.exitCode, cause.signal, cause.stderr]).toEqual([7, null, "no luck\n"]);
  expect(new Error("another")).not.toBeInstanceOf(ExecError);
});

test("an input that its schema refuses is an InvalidValueError, a request that fits nowhere a NeverFitsError", async () => {
  expect(await failureOf(remoteEval(exits, { code: Number.NaN }))).toBeInstanceOf(InvalidValueError);
  expect(await failureOf(local(setTaskCpus(1_000), remoteEval(exits, { code: 0 })))).toBeInstanceOf(NeverFitsError);
});

test("a directory that can't be used is a LogDirectoryError, a database that somebody has a ResultsError, a missing allocation a SlurmEnvError", async () => {
  using dir = new TempDir();
  const quiet = { progress: "none", cpus: 1 } as const;
  expect(
    await thrownBy(() => runJobLocal(programInfo("/dev/null/out"), remoteEval(exits, { code: 0 }), quiet)),
  ).toBeInstanceOf(LogDirectoryError);
  await using _held = await openResults({ path: dir.info.database, programId: dir.info.id });
  const error = await thrownBy(() => runJobLocal(dir.info, remoteEval(exits, { code: 0 }), quiet));
  expect([error instanceof ResultsError, error]).toEqual([true, expect.objectContaining({ code: "locked" })]);
  expect(
    await thrownBy(() => runJobSlurm(dir.info, remoteEval(exits, { code: 0 }), { progress: "none" })),
  ).toBeInstanceOf(SlurmEnvError);
});

test("the launcher's error is the same class", async () => {
  expect(LaunchError).toBe((await import("@hyperion-ts/launcher")).LaunchError);
  expect(NeverFitsError).toBe((await import("@hyperion-ts/cpu-pool")).NeverFitsError);
});
