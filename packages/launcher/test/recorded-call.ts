/** A call that writes down how it ended. */
import { type CallFailure, encodeValue } from "@hyperion-ts/wire";
import type { Call, WorkerDeath } from "../src/index.ts";

export type Ending =
  | { readonly type: "succeeded"; readonly value: unknown }
  | { readonly type: "failed"; readonly failure: CallFailure }
  | { readonly type: "lost"; readonly began: boolean; readonly death: WorkerDeath }
  | { readonly type: "returned" };

export interface RecordedCall extends Call {
  /** All that was told; a call that is treated well hears of one ending. */
  readonly endings: readonly Ending[];
  /** Resolves with the first ending. */
  readonly ended: Promise<Ending>;
}

export function recordedCall(fn: Call["fn"], input: unknown): RecordedCall {
  const endings: Ending[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const end = (ending: Ending): void => {
    endings.push(ending);
    resolve(ending);
  };
  return {
    fn,
    input: encodeValue(input),
    attempt: 1,
    endings,
    ended,
    succeeded: (value) => end({ type: "succeeded", value }),
    failed: (failure) => end({ type: "failed", failure }),
    lost: (death, as) => end({ type: "lost", began: as === "running", death }),
    returned: () => end({ type: "returned" }),
  };
}
