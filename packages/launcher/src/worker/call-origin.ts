/**
 * Which call the code that runs now belongs to. What a call leaves behind (a timer, a callback, a promise that nobody
 * awaits) still belongs to it when it has been answered and others run.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { RunningCall } from "./running-call.ts";

const calls = new AsyncLocalStorage<RunningCall>();

/** What runs from here on, until the runtime turns to something else, is a part of `call`. (`run` of a function would cost three times as much.) */
export const enterCall = (call: RunningCall): void => calls.enterWith(call);

/** The call that the code which runs now belongs to; undefined where it belongs to none, or the runtime does not know, such as in a native library's thread. */
export const callHere = (): RunningCall | undefined => calls.getStore();

/** The name of the remote function that the code which runs now is a part of; none while its module is imported. */
export function functionHere(): string | undefined {
  const call = callHere();
  return call?.evaluates === true ? call.functionName : undefined;
}
