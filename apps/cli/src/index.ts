/** The command line of `hyperion`, for programs that have it as a part of theirs. */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds/supported-node";
export { runCommandLine } from "./command-line.ts";
export type { Output, Terminal } from "./output/terminal.ts";
