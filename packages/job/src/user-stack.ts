/**
 * The frames of a stack that its reader has written: where in the program something was called. Node's frames, those of these
 * packages and those of what they call (a queue, ssh) say nothing to a person, and there are many of them.
 */

/** V8 keeps ten frames, which are all ours between a call and a job's own line. */
const FRAMES = 100;
const PACKAGES = [
  "bounds",
  "cluster",
  "code-hash",
  "control",
  "cpu-pool",
  "holds",
  "job",
  "launcher",
  "own-files",
  "processes",
  "progress",
  "remote",
  "results",
  "slurm-env",
  "transport",
  "wire",
];
/** What these packages call, and what calls them back. */
const CALLED = ["p-queue", "p-timeout", "node-ssh", "ssh2", "msgpackr", "rolldown"];
/** The folder with all packages: of this repository, or of an installation. Frames name files by URL, in CommonJS by path. */
const folder = new URL("../../", import.meta.url).pathname;
/** A file of them beside the snapshot that a Slurm job runs. */
const IN_SNAPSHOT = /\/hyperion-[0-9a-f]{20}\/[\w-]+\.mjs$/;

/** What `make` returns, or throws: an error that knows as much of its stack as a job is deep. */
export function withLongStack<A>(make: () => A): A {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(stackTraceLimit, FRAMES);
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The text without the lines that are frames of others, such as a stack, or an error as `inspect` shows it. */
export const withoutOthersFrames = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !isFrame(line) || isOfUser(line))
    .join("\n");

/** Where in its reader's code an error comes from: rather in their own files than in a package that these use. */
export function userPlace(error: StackedError): string | undefined {
  const frames = userFrames(error);
  return (frames.find((line) => !line.includes("/node_modules/")) ?? frames[0])?.trim();
}

/** What of an error its frames are read from. */
type StackedError = Pick<Error, "stack" | "message">;

/** The lines of an error's stack that are frames of its reader; empty where there is none. Lines of its message may look like frames. */
export function userFrames({ stack = "", message }: StackedError): readonly string[] {
  const at = stack.indexOf(message);
  const frames = at === -1 ? stack : stack.slice(at + message.length);
  return frames.split("\n").filter((line) => isFrame(line) && isOfUser(line));
}

const isFrame = (line: string): boolean => /^\s+at \S/.test(line);

function isOfUser(frame: string): boolean {
  const path = /(?:^\s+at |\(|async )(?:file:\/\/)?(\/.*):\d+:\d+\)?/.exec(frame)?.[1];
  return (
    path !== undefined &&
    !IN_SNAPSHOT.test(path) &&
    !CALLED.some((name) => path.includes(`/node_modules/${name}/`)) &&
    !IN_SNAPSHOT.test(path) &&
    !PACKAGES.some((name) =>
      /^(?:src|dist)\//.test(
        inside(path, `${folder}${name}/`) ?? inside(path, `/node_modules/@hyperion-ts/${name}/`) ?? "",
      ),
    )
  );
}

/** What of a path comes behind a folder in it. */
function inside(path: string, part: string): string | undefined {
  const at = path.indexOf(part);
  return at === -1 ? undefined : path.slice(at + part.length);
}
