/** Jobs as named functions, so that one can run somewhere else as a whole: `remoteEvalJob` of the package `cluster` calls them. */
import { defineNamed, type ModuleMeta } from "@hyperion-ts/remote";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Job } from "./job.ts";

/** What `defineJob` is given. */
export interface JobDefinition<I extends StandardSchemaV1, O extends StandardSchemaV1> {
  /** Unique in the program, also among its remote functions, and stable, e.g. `"roots/job"`. */
  readonly name: string;
  /** Any Standard Schema. The caller's value is checked before it is sent, and parsed once where the job runs. */
  readonly input: I;
  /** Any Standard Schema. The job's value is checked where it runs and travels as it was returned. */
  readonly output: O;
  /** The job of an input. All that it needs is in the input: nothing is captured. */
  readonly run: (input: StandardSchemaV1.InferOutput<I>) => Job<StandardSchemaV1.InferInput<O>>;
}

/** A job that can be called by its name. Made by `defineJob`. */
export interface JobFunction<
  I extends StandardSchemaV1 = StandardSchemaV1,
  O extends StandardSchemaV1 = StandardSchemaV1,
> extends JobDefinition<I, O> {
  /** Tells it from a remote function. */
  readonly kind: "job";
  /** The URL of the module that defines it. */
  readonly module: string;
}

/** A job function whatever its types are. */
export interface AnyJobFunction extends Pick<JobFunction, "kind" | "name" | "module" | "input" | "output"> {
  /** The job of one input. `never` stands for an input of whatever type. */
  readonly run: (input: never) => Job<unknown>;
}

/**
 * Defines a job that can be called as a whole, with all CPUs of a Slurm job of its own. Call it at the top level of a
 * module, once for each name. (Hyperion: a closure of a Job)
 *
 * @throws DuplicateNameError when another module, or this one in another place, has defined this name; NoModuleError when
 *   `meta` names no module; TypeError for a part that is wrong or unknown.
 * @example
 * export const rootsJob = defineJob(import.meta, {
 *   name: "roots/job",
 *   input: z.object({ n: z.int(), points: z.array(z.number()) }),
 *   output: z.array(z.number()),
 *   run: ({ n, points }) => mapConcurrently(points, (x) => remoteEval(root, { n, x })),
 * });
 */
export const defineJob = <I extends StandardSchemaV1, O extends StandardSchemaV1>(
  meta: ModuleMeta,
  definition: JobDefinition<I, O>,
): JobFunction<I, O> => ({ ...defineNamed("defineJob", meta, definition), kind: "job" });
