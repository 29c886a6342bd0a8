// First, because it checks which Node this is.
import "@hyperion-ts/bounds/supported-node";
export type { CallContext, ExecOptions, ExecResult } from "./call-context.ts";
export { after, evaluate, evaluationFailure } from "./evaluate.ts";
export { ExecError } from "./exec-error.ts";
export {
  enterWorker,
  isRefusedProgram,
  NestedCallError,
  ProgramInWorkerError,
  refusedProgram,
  refuseInWorker,
  refusePrograms,
  remoteFunctionHere,
} from "./in-worker.ts";
export { type ModuleMeta, NoModuleError } from "./module-url.ts";
export { type AnyRemoteFunction, DuplicateNameError, findRemote, remoteNames } from "./registry.ts";
export {
  defineNamed,
  defineRemote,
  type RemoteFunction,
  type RemoteFunctionDefinition,
  type RemoteInput,
  type RemoteOutput,
} from "./remote-function.ts";
export { startDirectory } from "./start-directory.ts";
export { checkInput, InvalidValueError, parseInput, checkOutput } from "./validate.ts";
