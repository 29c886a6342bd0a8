/**
 * The bundler is a process of its own. It takes 200 MB, which the program would keep for as long as it runs; and rolldown starts
 * as many threads as the machine has CPUs, and aborts its process where a login node's limits (`ulimit -u`, `-v`) have no
 * room for them. Here it gets few, and can take nothing with it.
 */
import { extname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CommandError, type LocalCommand, runCommand } from "@hyperion-ts/processes";
import type { BundleAnswer, ProgramBundle } from "./bundle-program.ts";
import type { BundleRequest } from "./bundle-request.ts";
import { messageOf, SnapshotError } from "./snapshot-error.ts";

const bundlerProgram = fileURLToPath(new URL(`bundler-main${extname(import.meta.url)}`, import.meta.url));

/** With these it works within 12 processes and 2 GB of addresses, and as fast. */
const FEW_THREADS = {
  RAYON_NUM_THREADS: "1",
  ROLLDOWN_WORKER_THREADS: "1",
  ROLLDOWN_MAX_BLOCKING_THREADS: "2",
} as const;

/**
 * Bundles modules and all that they import.
 *
 * @throws SnapshotError `"snapshot-failed"`; the signal's reason, when the bundler has ended
 */
export async function runBundler(request: BundleRequest, signal: AbortSignal): Promise<ProgramBundle> {
  const answer = await ask(request, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof CommandError) return { kind: "failed", words: describe(error.message) } as const;
    throw error;
  });
  if (answer.kind === "bundle") return answer.bundle;
  const [first] = request.entries;
  throw new SnapshotError(
    "snapshot-failed",
    first,
    `The program can't be put into one file, which Slurm jobs need (${first}): ${answer.words}`,
  );
}

async function ask(request: BundleRequest, signal: AbortSignal): Promise<BundleAnswer> {
  const argv = [process.execPath, "--disable-sigusr1", bundlerProgram];
  await using bundler = await runCommand({ argv, env: FEW_THREADS, killedAtDeath: true });
  const kill = (): void => bundler.kill();
  signal.addEventListener("abort", kill);
  try {
    if (signal.aborted) kill();
    return await answerOf(bundler, request);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

async function answerOf(bundler: LocalCommand, request: BundleRequest): Promise<BundleAnswer> {
  // That it reads nothing shows in how it ends.
  bundler.stdin.on("error", () => undefined);
  bundler.stdin.end(JSON.stringify(request));
  const [printed, exit] = await Promise.all([text(bundler.stdout), bundler.exited]);
  if (exit.code !== 0) throw new CommandError(bundler.command.argv, exit, bundler.lastErrors());
  try {
    return JSON.parse(printed) as BundleAnswer;
  } catch (error) {
    throw new CommandError(bundler.command.argv, exit, `its answer can't be read (${messageOf(error)})`);
  }
}

const describe = (message: string): string =>
  `${message}\nThe bundler needs some 250 MB of memory and a dozen threads: limits of this machine may be in the way (ulimit -a, or the memory of your session)`;
