/**
 * Says at once, in one sentence, that a runtime is too old, or another one. Otherwise its first sign would be a program
 * that does nothing (before Node 24.3 `import.meta.main` is missing or wrong), or an error far away from its cause.
 *
 * An index imports this before all else. Packages that depend on no other of ours have a copy each. The compiled files of
 * all packages must be such that Node 20 can link them, or this is never reached: no newer syntax, and of Node's modules
 * nothing newer by name. (tooling/packed runs them with old ones.)
 */
const [neededMajor, neededMinor] = [24, 3];

/** What runs this program, if that will not do. */
function unsupported(versions: Readonly<Record<string, string | undefined>>): string | undefined {
  if (versions["bun"] !== undefined) return `Bun ${versions["bun"]}`;
  if (versions["deno"] !== undefined) return `Deno ${versions["deno"]}`;
  const [major = 0, minor = 0] = (versions["node"] ?? "").split(".").map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor)
    ? undefined
    : `Node ${versions["node"]} (${process.execPath})`;
}

const found = unsupported(process.versions);
if (found !== undefined) refuse(found);

function refuse(runtime: string): never {
  const sentence = `hyperion-ts needs Node ${neededMajor}.${neededMinor} or later, and this is ${runtime}: run the program with a newer Node, for instance by "npx -y node@${neededMajor} PROGRAM".`;
  const error = new Error(sentence);
  error.stack = sentence;
  if (runtime.startsWith("Node"))
    process.once("uncaughtExceptionMonitor", (uncaught) => uncaught === error && nobodyCaught(sentence));
  throw error;
}

/** The sentence is all that Node prints. */
function nobodyCaught(sentence: string): void {
  if (process.listenerCount("uncaughtException") > 0) return;
  process.once("exit", () => {
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  });
}
