/**
 * The runtime's options of this program, for its workers: a module that `--import` hooks, `--conditions` or tsx let the
 * program load must load in a worker too. An agent gets none of them, because it never imports user code.
 *
 * An option goes along unless it is listed here: new ones appear with each version of Node, and most say how code is
 * loaded and run. What is in NODE_OPTIONS reaches workers with the rest of the environment, and is not looked at.
 */
import { matchesAny } from "./name-pattern.ts";

/** Options that stay with the program, with the reasons. */
const OF_THE_PROGRAM_ALONE = [
  // Another main program than the worker's.
  "-e", "--eval", "-p", "--print", "-pe", "-c", "--check", "-i", "--interactive", "--run", "--test", "--watch",
  "-v", "--version", "-h", "--help", "--v8-options", "--completion-bash", "--prof-process",
  // How that other main program is read: refused, or wrong, beside a file.
  "--input-type", "--entry-url",
  // The program of a snapshot would run in place of the worker's; the others make files in place of running anything.
  "--snapshot-blob", "--build-snapshot*", "--build-sea", "--experimental-sea-config",
  // Parts of those above.
  "--watch-*", "--test-*", "--experimental-test-*",
  // All processes would want one port, and `--inspect-brk` would wait in each for somebody who looks.
  "--inspect*", "--debug-port",
  // A file from each worker, unless it is killed; in NODE_OPTIONS they reach workers, for whoever wants that.
  "--cpu-prof*", "--heap-prof*", "--prof", "--logfile*",
  // All processes of a directory would write one and the same file.
  "--trace-event*",
  // Slurm may send its signal to all processes of a job.
  "--heapsnapshot-signal", "--report-on-signal", "--report-signal",
  // What the files say is in the environment already; read again, they would bring back what a worker must not have.
  "--env-file*",
  // A worker is no second process of that name.
  "--title",
];

/** They bound the heap: a worker's share of memory, where it has one, comes in their place. */
const HEAP_BOUNDS = ["--max-old-space-size*", "--max-heap-size"];

/** The options of `execArgv` (as in `process.execArgv`) that a worker gets. `share`: its heap is bound by its share of memory. */
export function optionsForWorkers(execArgv: readonly string[], share: boolean): string[] {
  const left = share ? [...OF_THE_PROGRAM_ALONE, ...HEAP_BOUNDS] : OF_THE_PROGRAM_ALONE;
  return withValues(execArgv).filter(([option = ""]) => !matchesAny(left, nameOf(option))).flat();
}

/** Each option with the value that follows it, if one does: the runtime takes no value that begins with a hyphen. */
function withValues(execArgv: readonly string[]): string[][] {
  const options: string[][] = [];
  for (const argument of execArgv) {
    if (argument.startsWith("-")) options.push([argument]);
    else options.at(-1)?.push(argument);
  }
  return options;
}

/** `--max_heap_size=300` is `--max-heap-size`: the runtime and V8 take both spellings. */
const nameOf = (option: string): string => (option.split("=", 1)[0] ?? option).replaceAll("_", "-");
