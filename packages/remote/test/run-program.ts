import { execFile } from "node:child_process";
import { join } from "node:path";

/** Runs `source` as an ECMAScript module in a process of its own, with imports from the package's folder; returns what it printed. */
export function runProgram(source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: join(import.meta.dirname, "..") };
    const child = execFile(process.execPath, ["--input-type=module-typescript", "-"], options, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end(source);
  });
}
