/** An error as a person should see it: what happened, and where in the program's own code. */
import { inspect } from "node:util";
import { userFrames, withoutOthersFrames } from "../user-stack.ts";
import { InterruptedError } from "./interruption.ts";

/** The message of an error that was made for people (it has a code); all that is known of another one. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `${inspect(error)} was thrown, which is no error`;
  if (error instanceof InterruptedError) return error.message;
  if ("code" in error && typeof error.code === "string") return [error.message, ...userFrames(error)].join("\n");
  return withoutOthersFrames(inspect(error));
}
