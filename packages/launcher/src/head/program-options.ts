/**
 * The runtime's options of this program, for its workers: a module that `--import` hooks, `--conditions` or tsx let the
 * program load must load in a worker too. An agent gets none of them, because it never imports user code.
 *
 * An option goes along unless it is listed here: new ones appear with each version of Node, and most say how code is
 * loaded and run. What is in NODE_OPTIONS reaches workers with the rest of the environment, and is not looked at.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { matchesAny } from "../shared/name-pattern.ts";

/** Options that stay with the program, with the reasons. */
const OF_THE_PROGRAM_ALONE = [
  // Another main program than the worker's.
  "-e",
  "--eval",
  "-p",
  "--print",
  "-pe",
  "-c",
  "--check",
  "-i",
  "--interactive",
  "--run",
  "--test",
  "--watch",
  "-v",
  "--version",
  "-h",
  "--help",
  "--v8-options",
  "--completion-bash",
  "--prof-process",
  // How that other main program is read: refused, or wrong, beside a file.
  "--input-type",
  "--entry-url",
  // The program of a snapshot would run in place of the worker's; the others make files in place of running anything.
  "--snapshot-blob",
  "--build-snapshot*",
  "--build-sea",
  "--experimental-sea-config",
  // Parts of those above.
  "--watch-*",
  "--test-*",
  "--experimental-test-*",
  // All processes would want one port, and `--inspect-brk` would wait in each for somebody who looks.
  "--inspect*",
  "--debug-port",
  // A file from each worker, unless it is killed; in NODE_OPTIONS they reach workers, for whoever wants that.
  "--cpu-prof*",
  "--heap-prof*",
  "--prof",
  "--logfile*",
  // All processes of a directory would write one and the same file.
  "--trace-event*",
  // Slurm may send its signal to all processes of a job.
  "--heapsnapshot-signal",
  "--report-on-signal",
  "--report-signal",
  // What the files say is in the environment already; read again, they would bring back what a worker must not have.
  "--env-file*",
  // A worker is no second process of that name.
  "--title",
];

/** Options that bound the heap: a worker's share of memory, where it has one, comes in their place. */
const HEAP_BOUNDS = ["--max-old-space-size*", "--max-heap-size"];

/** Options whose values are modules, relative to the directory in which the program was started: as URLs, and as paths. */
const MODULES = new Set(["--import", "--loader", "--experimental-loader"]);
const COMMON_JS_MODULES = new Set(["-r", "--require"]);
/** Options whose values are paths, relative to that directory. */
const PATHS = new Set([
  "--experimental-config-file",
  "--experimental-package-map",
  "--icu-data-dir",
  "--openssl-config",
  "--localstorage-file",
  "--diagnostic-dir",
  "--report-dir",
  "--report-directory",
  "--redirect-warnings",
]);

/** How workers differ from the program. */
export interface WorkerTraits {
  /** Whether the heap is bound by a share of memory. */
  readonly share: boolean;
  /** The directory in which the program was started; it may have changed its directory since then. */
  readonly startDirectory: string;
}

/** The options of `execArgv` (as in `process.execArgv`) that a worker gets. */
export function optionsForWorkers(execArgv: readonly string[], { share, startDirectory }: WorkerTraits): string[] {
  const left = share ? [...OF_THE_PROGRAM_ALONE, ...HEAP_BOUNDS] : OF_THE_PROGRAM_ALONE;
  return withValues(execArgv)
    .filter(([option = ""]) => !matchesAny(left, nameOf(option)))
    .flatMap((option) => absolute(option, startDirectory));
}

/** The option with its path, if it has one, made absolute. A package's name is looked up where the worker runs. */
function absolute([option = "", ...values]: readonly string[], startDirectory: string): string[] {
  const name = nameOf(option);
  const path = (value: string): string => resolve(startDirectory, value);
  const rewrite = (value: string): string => {
    if (PATHS.has(name)) return path(value);
    if (!/^\.\.?\//.test(value)) return value;
    if (COMMON_JS_MODULES.has(name)) return path(value);
    return MODULES.has(name) ? pathToFileURL(path(value)).href : value;
  };
  const at = option.indexOf("=");
  return at < 0
    ? [option, ...values.map(rewrite)]
    : [option.slice(0, at + 1) + rewrite(option.slice(at + 1)), ...values];
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
