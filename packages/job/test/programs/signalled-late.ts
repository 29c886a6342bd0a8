/** A program for tests: sends itself SIGNAL when its run has ended, and its agent has not. Prints what comes of it. */
import { InterruptedError, programInfo, remoteEval, runJobLocal } from "../../src/index.ts";
import { slowSquare } from "./memoising.ts";

const [dir = "", signal = ""] = process.argv.slice(2);
try {
  const value = await runJobLocal(programInfo(dir), remoteEval(slowSquare, { x: 3, spin: false }), {
    cpus: 1,
    progress: "none",
    onEvent: ({ event }) => void (event.type === "run-ended" && process.kill(process.pid, signal)),
  });
  process.stdout.write(`value ${value}\n`);
} catch (error) {
  process.stdout.write(
    error instanceof InterruptedError ? `interrupted ${error.message}\n` : `failed ${String(error)}\n`,
  );
}
