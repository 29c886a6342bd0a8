/** A request that no node can serve, in the words of whoever has made a call. */
import { NeverFitsError } from "@hyperion-ts/cpu-pool";

/** The same error with the function's name and the settings that it comes from; any other error as it is. */
export function ofFunction(functionName: string, error: Error): Error {
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
