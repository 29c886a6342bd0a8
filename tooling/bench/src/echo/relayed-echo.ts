/**
 * The floor under a remote call: raw buffers from this process through a relay to an echo process and back.
 *
 * The processes, the streams between them and the CPUs are those of a call (standard streams of a child, a socket pair on
 * descriptor 3 of a grandchild, which is pinned as a worker is); there is no codec, no credit and no queue. What a call
 * costs beyond this is ours.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EchoClient } from "./echo-client.ts";
import type { WriteMode } from "./frame-output.ts";
import type { RelayConfig } from "./relay-config.ts";

/** Echo processes behind a relay. Disposing of it ends them. */
export interface RelayedEcho extends AsyncDisposable {
  /** Sends, and hears what comes back. */
  readonly client: EchoClient;
}

/** Starts a relay with an echo process for each of `cpuLists`, which `allWorkerCpus` gives. Resolves when all answer. */
export async function openRelayedEcho(writes: WriteMode, cpuLists: readonly string[]): Promise<RelayedEcho> {
  const config: RelayConfig = { writes, cpuLists: pins(cpuLists), tls: false };
  const child = spawn(process.execPath, [relayProgram, JSON.stringify(config)], { stdio: ["pipe", "pipe", "inherit"] });
  const client = new EchoClient(child.stdout, child.stdin, writes, cpuLists.length);
  await client.ready();
  const end = async (): Promise<void> => {
    const exited = once(child, "exit");
    child.stdin.end();
    await exited;
  };
  return { client, [Symbol.asyncDispose]: end };
}

/** The file of the relay's program. */
export const relayProgram: string = fileURLToPath(new URL("relay-main.ts", import.meta.url));

/** What to pin echo processes to: a worker that may run where this process may is not pinned. */
export function pins(cpuLists: readonly string[]): (string | null)[] {
  const ours = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return cpuLists.map((list) => (list === ours ? null : list));
}
