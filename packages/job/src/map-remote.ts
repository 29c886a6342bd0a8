/** One remote function over many inputs. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RemoteFunction } from "@hyperion-ts/remote";
import type { HasWorkers } from "./capabilities.ts";
import { type Group, withGroup } from "./concurrent/group.ts";
import { startWindowed } from "./concurrent/start-windowed.ts";
import type { Job } from "./job.ts";
import { checkInputs } from "./misuse.ts";
import { remoteEval } from "./remote-eval.ts";

/** How many calls are under way at once. */
const WINDOW = 16_384;

/**
 * Runs `fn` on every input and gives the results in the inputs' order; only a window of calls is alive at once, so that
 * the cost of each does not grow with their number. The first failure aborts the others and is rethrown.
 *
 * @throws TypeError when `inputs` is not iterable; the job: what `remoteEval` throws.
 * @example
 * const squares = await mapRemote(square, [1, 2, 3])(env);
 */
export function mapRemote<I extends StandardSchemaV1, O extends StandardSchemaV1>(
  fn: RemoteFunction<I, O>,
  inputs: Iterable<NoInfer<StandardSchemaV1.InferInput<I>>>,
): Job<StandardSchemaV1.InferInput<O>[], HasWorkers> {
  checkInputs("mapRemote", inputs, remoteEval);
  const body = async (group: Group<HasWorkers>): Promise<StandardSchemaV1.InferInput<O>[]> => {
    const results: StandardSchemaV1.InferInput<O>[] = [];
    await startWindowed(group, {
      inputs,
      job: (input) => remoteEval(fn, input),
      done: (value, i) => (results[i] = value),
      window: WINDOW,
    });
    return results;
  };
  return (env) => withGroup(env, body, inputs);
}
