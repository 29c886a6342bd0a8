/** Telling a call of its answer: a result or a failure, if it can be read. */
import {
  type CallFailure,
  decodeValue,
  errorFromData,
  errorToData,
  FrameKind,
  ranMsOf,
  valueOf,
  WireError,
} from "@hyperion-ts/wire";
import type { Call } from "./worker-launcher.ts";

/** Tells `call` what its answer, a frame of this kind, says. */
export function tellAnswer(call: Call, kind: FrameKind, body: Buffer): void {
  const runMs = ranMsOf(body);
  let value: unknown;
  try {
    value = decodeValue(valueOf(body));
  } catch (error) {
    return call.failed({ kind: "unreadable-output", error: errorToData(error) }, runMs);
  }
  if (kind === FrameKind.result) call.succeeded(value, runMs);
  else call.failed(isFailure(value) ? value : UNREADABLE_FAILURE, runMs);
}

/** Tells `call` that its answer was larger than the limit, and was dropped. */
export function tellTooLarge(call: Call, bytes: number, maxBytes: number | undefined): void {
  const error = new WireError(
    "too-large",
    `The result of "${call.fn.name}" has ${bytes} bytes, more than the ${maxBytes} that maxResultBytes allows: return less, or raise the limit`,
  );
  call.failed({ kind: "unreadable-output", error: errorToData(error) }, 0);
}

const UNREADABLE_FAILURE: CallFailure = {
  kind: "unreadable-output",
  error: errorToData(
    new WireError(
      "bad-frame",
      "The worker sent a failure that can't be read: something in it writes to file descriptor 3, which carries its frames",
    ),
  ),
};

/** Whether its caller can be told of it. */
function isFailure(value: unknown): value is CallFailure {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("error" in value)) return false;
  try {
    const error = value.error as CallFailure["error"];
    errorFromData(error);
    return (
      error.kind === "value" ||
      (typeof error.name === "string" && typeof error.message === "string" && typeof (error.stack ?? "") === "string")
    );
  } catch {
    return false;
  }
}
