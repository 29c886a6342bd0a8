/** Loaded into each process by --import: kills the first six workers while they start. Each takes a file of the folder DYING_WORKERS. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

function takes(number: number): boolean {
  try {
    writeFileSync(join(process.env["DYING_WORKERS"] ?? "", `dead-${number}`), "", { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1]?.includes("worker-main") === true && [1, 2, 3, 4, 5, 6].some(takes))
  process.kill(process.pid, "SIGKILL");
