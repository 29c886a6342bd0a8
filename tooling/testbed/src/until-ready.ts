/** A first process says "ready" when its world is made. */
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { TestbedError } from "./testbed-error.ts";

/**
 * Waits for that line on its output, and lets go of its pipes: the process need not end.
 *
 * @throws TestbedError `not-started` when it ends before, with what it said instead
 */
export async function untilReady(who: string, child: ChildProcess): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null)
    throw new TestbedError("not-started", `${who} could not be started: nothing could be read of it.`);
  const said: string[] = [];
  for (const stream of [stdout, stderr]) stream.setEncoding("utf8").on("data", (text: string) => void said.push(text));
  const ready = new Promise<boolean>((resolve) => {
    stdout.on("data", () => said.join("").includes("ready\n") && resolve(true));
    stdout.once("end", () => resolve(false));
  });
  const isReady = await Promise.race([
    ready,
    once(child, "error").then(([error]) => Promise.reject(error as Error)),
  ]).catch((error: unknown) => {
    throw new TestbedError("not-started", `${who} could not be started.`, { cause: error });
  });
  if (!isReady) throw new TestbedError("not-started", `${who} has ended at once: ${said.join("").trim()}`);
  for (const stream of [stdout, stderr]) stream.destroy();
}
