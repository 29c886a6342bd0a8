/** Asks a question in a fresh process, so that what is called cold is cold, and no answer depends on those before it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Answer, Effort, Question } from "./question.ts";

const program = fileURLToPath(new URL("ask-main.ts", import.meta.url));

/** No answer takes a quarter as long, unless something hangs; SIGTERM then ends the run in order. */
const LIMIT_MS = { local: { full: 120_000, quick: 30_000 }, nodes: { full: 600_000, quick: 120_000 } } as const;

/**
 * The answer to a question.
 *
 * @throws Error when the process fails or hangs; what it printed is on standard error by then
 */
export async function ask({ name, group }: Question, effort: Effort): Promise<Answer> {
  const limitMs = LIMIT_MS[group][effort];
  const child = spawn(process.execPath, [program, name, effort], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: limitMs,
  });
  const end = (): void => void child.kill("SIGTERM");
  process.once("SIGTERM", end);
  const [printed, [code, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  process.off("SIGTERM", end);
  if (code !== 0)
    throw new Error(
      `The question "${name}" could not be answered: its process ended with ${signal ?? `code ${code}`}, after ${limitMs / 1_000} s at most`,
    );
  return JSON.parse(printed) as Answer;
}
