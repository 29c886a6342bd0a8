/**
 * Slurm's srun as a transport: a job step of one task on the node, for clusters that let nobody in by ssh. It asks
 * slurmctld for each node, and its streams are slow in bulk (4 MB/s were measured), so frames go over TLS with it
 * where that is not switched off.
 */
import {
  type CommandError,
  guardedCommand,
  isProgram,
  type LocalCommand,
  type Patience,
  runCommand,
  showArgv,
} from "@hyperion-ts/processes";
import { type SessionEnd, TransportError } from "./command-session.ts";
import { passedToSrun } from "./srun-environment.ts";
import { srunFailure } from "./srun-failure.ts";
import { commandSession } from "./system-ssh.ts";
import type { Transport } from "./transport.ts";
import type { SrunOptions } from "./transport-options.ts";

/**
 * A step beside others (`--overlap`) on all of the job's CPUs of the node: one task with neither `--exact` nor
 * `--cpus-per-task`, which would give it one CPU only, unbound, because workers are pinned later. Its output comes
 * by whole lines (HYPERION_LINE_STREAM tells the agent); `--unbuffered` would put a terminal in between. It is no MPI program.
 */
const OURS = [
  "--overlap",
  "--nodes=1",
  "--ntasks=1",
  "--cpu-bind=none",
  "--mem=0",
  "--export=ALL",
  "--kill-on-bad-exit=0",
  "--mpi=none",
  "--quit-on-interrupt",
  "--quiet",
];

/** How often srun is asked to end its step, and how long it may take, in milliseconds. A busy machine, or slurmctld, can make it late. */
const ASK_AGAIN_MS = 100;
const STEP_END_MS = 20_000;

/** A transport that runs a step for each session. Works inside of a job's allocation only. */
export const srun = ({ command = "srun", options = [], hetGroupOf, gresOf }: SrunOptions = {}): Transport => ({
  open: async (host, argv, signal) => {
    signal.throwIfAborted();
    const group = hetGroupOf?.(host);
    const gres = gresOf?.(host);
    const place = [
      ...(group === undefined ? [] : [`--het-group=${group}`]),
      `--nodelist=${host}`,
      ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ];
    const line = [command, ...OURS, ...place, ...options, "--", ...argv];
    const running = await runCommand({
      argv: guarded(line),
      env: { HYPERION_LINE_STREAM: "1" },
      passes: passedToSrun,
    }).catch((cause: CommandError) => {
      throw new TransportError(
        { reason: "unsupported", message: `${cause.message}. Is ${command} installed here?` },
        { cause },
      );
    });
    return { ...commandSession(running, false, srunEnd, () => endStep(running)), description: showArgv(line) };
  },
});

/** srun may well stand still while its head lives, but not for long when the head is gone. */
const PATIENCE: Patience = { stoppedMs: Infinity, orphanedMs: 60_000, stuckMs: Infinity };

/** srun is two processes, one of which ends the step when the other one is killed: that one may be stopped, too. A program that is not there stays as it is. */
const guarded = (argv: readonly string[]): readonly string[] =>
  isProgram(argv[0] ?? "", { cwd: undefined, env: process.env }) ? guardedCommand(argv, PATIENCE).argv : argv;

/**
 * Slurm lets a step go on whose srun was killed, and an agent whose input nobody closes: srun itself has to end it (srun(1),
 * `--quit-on-interrupt`). An srun that is just launching its step forgets a signal, so it is asked until it has ended.
 */
function endStep(running: LocalCommand): void {
  running.signal("SIGINT");
  const asking = setInterval(() => running.signal("SIGINT"), ASK_AGAIN_MS);
  const timer = setTimeout(() => running.kill(), STEP_END_MS);
  void running.exited.then(() => {
    clearInterval(asking);
    clearTimeout(timer);
  });
}

/** Reads srun's end: a failure of its own, or that of the command. A crash of srun itself is an end of the connection. */
function srunEnd(end: SessionEnd, stderr: string): SessionEnd {
  if (end.type !== "exited" || end.code === 0) return end;
  const failure = srunFailure(stderr);
  if (failure !== undefined) return { type: "disconnected", failure };
  return end.signal !== null && CRASHES.has(end.signal)
    ? {
        type: "disconnected",
        failure: {
          reason: "unreachable",
          message: `srun itself crashed (${end.signal})${stderr === "" ? "" : `: ${stderr}`}`,
        },
      }
    : end;
}

/** Signals that nobody sends to srun: it ends with them by its own fault. */
const CRASHES: ReadonlySet<string> = new Set(["SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV"]);
