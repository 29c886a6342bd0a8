/**
 * No worker outlives its agent. Where util-linux's setpriv is there, the kernel kills the worker with
 * it. Elsewhere a thread of the worker looks who its parent is, because the main thread may
 * sit in a synchronous loop.
 *
 * While it lives the agent ends the worker's process group; the worker does it in its place.
 */
import { Worker } from "node:worker_threads";
import { DIES_WITH_PARENT } from "@hyperion-ts/processes/death-signal";

const WATCH_INTERVAL_MS = 500;

/** Ends this process and whatever it has started: a worker leads its process group. */
export function endGroup(): void {
  process.kill(-process.pid, "SIGKILL");
}

/** Sees to it that this process ends with its agent, also where the kernel does not. */
export function dieWithAgent(): void {
  const agent = Number(process.env["HYPERION_AGENT_PID"]);
  // The agent may have ended before the kernel was asked to tell us.
  if (process.ppid !== agent) process.exit(0);
  if (process.env[DIES_WITH_PARENT] === "1") return;
  const watch = `setInterval(() => { if (process.ppid !== ${agent}) process.kill(-process.pid, "SIGKILL"); }, ${WATCH_INTERVAL_MS});`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
