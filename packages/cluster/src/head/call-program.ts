/** The head's call to its program, where that has left the address of a port in the job directory: again and again while the job runs. */
import type { Duplex } from "node:stream";
import { pause } from "@hyperion-ts/bounds";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { LinkStream } from "../link/link-stream.ts";

const FIRST_PAUSE_MS = 1_000;
/** A program that is started again has another port, and leaves its address. */
const LONGEST_PAUSE_MS = 10_000;

/** Calls the program until `signal` aborts; `connected` gets each connection. Never rejects. */
export async function callProgram(
  directory: JobDirectory,
  connected: (socket: Duplex) => LinkStream,
  signal: AbortSignal,
): Promise<void> {
  let told = false;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      const address = directory.port();
      if (address !== undefined) {
        // Most heads are called, and load no TLS.
        const { callHead } = await import("@hyperion-ts/transport/link");
        const socket = await callHead(address);
        if (signal.aborted) socket.destroy();
        await connected(socket).ended;
        pauseMs = FIRST_PAUSE_MS / 2;
        told = false;
      }
    } catch (error) {
      // A program that is away is called in vain, too: once is enough in the job's output.
      if (!told)
        console.error(`The program could not be called, and results go by files until it can: ${String(error)}`);
      told = true;
    }
    await pause(pauseMs, signal).catch(() => undefined);
  }
}
