/** A call to one worker whose end is awaited: there is nobody who would make it again elsewhere. */
import type { AnyRemoteFunction, RemoteOutput } from "@hyperion-ts/remote";
import { errorFromData } from "@hyperion-ts/wire";
import { WorkerDiedError } from "./worker-died-error.ts";
import type { Call } from "./worker-launcher.ts";

/** The worker that takes the call. */
interface CallTaker {
  readonly node: string;
  submit(call: Call): void;
}

/**
 * Sends the call with its encoded input.
 *
 * @throws what the function threw; WorkerDiedError when the worker died
 */
export const submitAwaited = <F extends AnyRemoteFunction>(
  worker: CallTaker,
  fn: F,
  input: Uint8Array,
): Promise<RemoteOutput<F>> =>
  new Promise((resolve, reject) => {
    worker.submit({
      fn,
      input,
      attempt: 1,
      succeeded: (value) => resolve(value as RemoteOutput<F>),
      failed: (failure) => reject(errorFromData(failure.error)),
      lost: (death) => reject(new WorkerDiedError(fn.name, worker.node, death)),
      returned: () => reject(new WorkerDiedError(fn.name, worker.node, TAKEN_BACK)),
    });
  });

const TAKEN_BACK = { kind: "exited", code: null, lastOutput: "the call was taken back" } as const;
