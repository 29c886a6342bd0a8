#!/usr/bin/env node
/** The command `hyperion`. What has to be there at once, the version and what Tab completes, loads nothing else. */
import "@hyperion-ts/bounds/supported-node";

const args = process.argv.slice(2);
// Whoever has read enough (head, a pager) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
switch (args[0]) {
  case "--version":
  case "-V": {
    const { ownVersion } = await import("./own-version.ts");
    process.stdout.write(`${ownVersion()}\n`);
    break;
  }
  case "complete": {
    const { complete } = await import("./complete.ts");
    complete(args.slice(args[1] === "--" ? 2 : 1));
    break;
  }
  default: {
    const { runCommandLine } = await import("./command-line.ts");
    const { stdin, stdout, stderr, env } = process;
    process.exitCode = await runCommandLine(args, { stdin, stdout, stderr, env });
  }
}
