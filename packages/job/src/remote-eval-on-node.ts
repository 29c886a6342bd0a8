/** Calling a remote function on a node of one's choice. (Hyperion: remoteEvalOnWorker) */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RemoteFunction } from "@hyperion-ts/remote";
import type { HasWorkers } from "./capabilities.ts";
import { type Job, local } from "./job.ts";
import { remoteEval } from "./remote-eval.ts";
import { setTaskNode } from "./task-settings.ts";

/**
 * `remoteEval` on the node `node`, one of `env.cpusPerNode`'s: for data that only this node has. When the node is lost
 * the call fails, because it may run nowhere else. Before the first call of a run `env.connect()` finds out which nodes are there.
 *
 * @throws what `remoteEval` throws; NodeError when there is no such node.
 * @example
 * await env.connect();
 * const sizes = await Promise.all([...env.cpusPerNode.keys()].map((node) => remoteEvalOnNode(node, freeScratchGb, [])(env)));
 */
export const remoteEvalOnNode = <I extends StandardSchemaV1, O extends StandardSchemaV1>(
  node: string,
  fn: RemoteFunction<I, O>,
  input: NoInfer<StandardSchemaV1.InferInput<I>>,
): Job<StandardSchemaV1.InferInput<O>, HasWorkers> => local(setTaskNode(node), remoteEval(fn, input));
