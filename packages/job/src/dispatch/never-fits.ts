/** A request that no node can serve, in the words of whoever has made a call. */
import { NeverFitsError, NodeError } from "@hyperion-ts/cpu-pool";

/**
 * The same error with the function's name and the settings that it comes from; any other error as it is. `nodes` are those that
 * there are, `gone` says why others are not.
 */
export function ofFunction(
  functionName: string,
  error: Error,
  nodes: Iterable<string>,
  gone: ReadonlyMap<string, string> = new Map(),
): Error {
  if (error instanceof NodeError && error.code === "unknown-node") {
    const why = gone.get(error.node);
    return new NodeError(
      error.code,
      error.node,
      `${why === undefined ? "" : `It could not be used: ${why}. `}There are ${[...nodes].join(", ")}. The name is set by setTaskNode, or by setTask; those of a run are env.cpusPerNode's.`,
      functionName,
    );
  }
  if (!(error instanceof NeverFitsError)) return error;
  const { asked, largest, cause } = error;
  const settings = [
    "setTaskCpus",
    ...(asked.gpus > 0 ? ["setTaskGpus"] : []),
    ...(asked.memoryMb > 0 ? ["setTaskMemory"] : []),
    ...(asked.node === undefined ? [] : ["setTaskNode"]),
  ];
  return new NeverFitsError(asked, largest, {
    who: functionName,
    advice: `What it asks for is set by ${settings.join(", ")}, or by setTask.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
