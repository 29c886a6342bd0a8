/** What the types of `lock` and `newWorkDir` allow. */
import { defineRemote, type HasWorkers, type Job, type JobEnv, remoteEval } from "@hyperion-ts/job";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type CanLock, type Cluster, type ClusterEnv, lock, newWorkDir } from "../../src/index.ts";

const f = defineRemote(import.meta, { name: "f", input: z.number(), output: z.string(), run: String });

test("a locked job is a job wherever it was one", () => {
  expectTypeOf(lock("a", remoteEval(f, 1))).toExtend<Job<string>>();
  expectTypeOf(lock("a", remoteEval(f, 1))).toExtend<Cluster<string>>();
  expectTypeOf(lock("a", remoteEval(f, 1))).toExtend<Job<string, HasWorkers & CanLock>>();
  expectTypeOf(lock(["a", { b: [1] }], async () => 1)).toEqualTypeOf<Job<number, CanLock>>();
  expectTypeOf(newWorkDir({ a: 1 })).toExtend<Cluster<string>>();
  expectTypeOf(newWorkDir({ a: 1 })).toExtend<Job<string>>();
});

test("an action's environment is what its place has", () => {
  const inProgram: Cluster<string> = lock("a", async (env) => {
    expectTypeOf(env).toExtend<ClusterEnv>();
    return await remoteEval(f, 1)(env);
  });
  const inJob: Job<string> = lock("a", async (env) => {
    expectTypeOf(env).toExtend<JobEnv>();
    return await remoteEval(f, 1)(env);
  });
  lock("a", async (env) => expectTypeOf(env).toEqualTypeOf<CanLock>());
  expectTypeOf([inProgram, inJob]).toExtend<readonly unknown[]>();
});

test("only JSON values are keys", () => {
  // @ts-expect-error a date is none
  lock(new Date(), async () => 1);
  // @ts-expect-error a function is none
  lock([() => 1], async () => 1);
});
