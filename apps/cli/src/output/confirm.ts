/** Asking a person before something is done that can't be undone. */
import type { Terminal } from "./terminal.ts";

/** Whether the person says yes; without a terminal nobody can. */
export async function isConfirmed(question: string, { stdin, stderr }: Terminal): Promise<boolean> {
  if (stdin?.isTTY !== true) {
    stderr.write(`${question} Nobody can be asked here: --yes does it.\n`);
    return false;
  }
  const { createInterface } = await import("node:readline/promises");
  using lines = createInterface({ input: stdin });
  stderr.write(`${question} [y/N] `);
  const { done, value } = await lines[Symbol.asyncIterator]().next();
  return done !== true && /^\s*y(?:es)?\s*$/iu.test(value);
}
