/** The end of an agent's process. */
import { accessSync, constants } from "node:fs";

/** Ends this process. With an argument vector it becomes that program, and keeps its process id: with the end of a step's process Slurm would end all that is in the step. */
export function endOrBecome(argv: readonly string[], log: (line: string) => void): void {
  const [file, ...args] = argv;
  try {
    if (file !== undefined) {
      // The runtime aborts itself where the kernel refuses.
      accessSync(file, constants.X_OK);
      process.execve?.(file, [file, ...args], process.env);
    }
  } catch (error) {
    log(`Could not become ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.exit(0);
}
