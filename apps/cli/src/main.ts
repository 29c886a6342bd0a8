#!/usr/bin/env node
/** The command `hyperion`. */
import "@hyperion-ts/bounds";

const args = process.argv.slice(2);
// Whoever has read enough (head, a pager) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
if (args[0] === "complete") {
  const { complete } = await import("./complete.ts");
  complete(args.slice(args[1] === "--" ? 2 : 1));
} else {
  const { runCommandLine } = await import("./command-line.ts");
  const { stdout, stderr, env } = process;
  process.exitCode = await runCommandLine(args, { stdout, stderr, env });
}
