/**
 * Loaded into each process by --import: does to a worker that starts what STARTS says. "third": every third one is killed; each
 * takes a file of the folder STARTS_FOLDER. "second": the second one never comes up. "hangs 77": one with a heap of 77 MB never
 * does. "breaks": each throws. "under-some": those of the agents for which STARTS_FOLDER has a file are killed.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [fault, heapMb] = (process.env["STARTS"] ?? "").split(" ");

function takes(number: number): boolean {
  try {
    writeFileSync(join(process.env["STARTS_FOLDER"] ?? "", `start-${number}`), "", { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

function nextNumber(): number {
  for (let number = 1; ; number += 1) if (takes(number)) return number;
}

const hang = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

if (process.argv[1]?.includes("worker-main") === true) {
  if (fault === "third" && nextNumber() % 3 === 0) process.kill(process.pid, "SIGKILL");
  if (fault === "second" && nextNumber() === 2) hang();
  if (fault === "hangs" && process.execArgv.includes(`--max-old-space-size=${heapMb}`)) hang();
  if (fault === "under-some" && existsSync(join(process.env["STARTS_FOLDER"] ?? "", `agent-${process.ppid}`)))
    process.kill(process.pid, "SIGKILL");
  if (fault === "breaks") throw new Error("this hook has no use for workers");
}
