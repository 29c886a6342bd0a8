/**
 * Slurm's srun as a transport: a job step of one task on the node, for clusters that let nobody in by ssh. It asks
 * slurmctld for each node, and its streams are slow in bulk (4 MB/s were measured), so frames go over TLS with it
 * where that is not switched off.
 */
import type { CommandError } from "../local-process.ts";
import { type RunningCommand, runCmdLocalAsync } from "../run-command.ts";
import { type SessionEnd, TransportError, type TransportReason } from "./command-session.ts";
import { commandSession } from "./system-ssh.ts";
import type { Transport } from "./transport.ts";

/** Which program is run, and with what. (Hyperion: the argument of its SRun transport) */
export interface SrunOptions {
  /** The program. Default `"srun"`, from PATH. */
  readonly command?: string;
  /** Options behind ours, which so win over them. Default: none. */
  readonly options?: readonly string[];
  /** The component of a heterogeneous job that a node belongs to. Default: none does. */
  readonly hetGroupOf?: (host: string) => number | undefined;
}

/**
 * A step beside others (`--overlap`) on all of the job's CPUs of the node: one task with neither `--exact` nor
 * `--cpus-per-task`, which would give it one CPU only, unbound, because workers are pinned later. Its output comes
 * by whole lines (HYPERION_LINE_STREAM tells the agent); `--unbuffered` would put a terminal in between.
 */
const OURS = ["--overlap", "--nodes=1", "--ntasks=1", "--cpu-bind=none", "--mem=0", "--export=ALL", "--kill-on-bad-exit=0", "--quit-on-interrupt", "--quiet"];

/** How often srun is asked to end its step, and how long it may take, in milliseconds. A busy machine, or slurmctld, can make it late. */
const ASK_AGAIN_MS = 100;
const STEP_END_MS = 20_000;

/** Variables of a job that srun would read as options of its own, against ours (srun(1), "INPUT ENVIRONMENT VARIABLES"). */
const READ_AS_OPTIONS =
  /^(?:SRUN_CPUS_PER_TASK|SLURM_(?:CPUS_PER_TASK|CPUS_PER_GPU|CPU_BIND|CPU_FREQ_REQ|DISTRIBUTION|EXACT|EXCLUSIVE|GPU_BIND|GPUS_PER_TASK|HINT|MEM_PER_CPU|MEM_PER_GPU|MEM_PER_NODE|NTASKS_PER_\w+|NTASKS|NPROCS|NNODES|STEP_\w+|THREADS_PER_CORE|TRES_PER_TASK|WHOLE|OPEN_MODE|STDINMODE|STDOUTMODE|STDERRMODE|LABELIO|MULTI_PROG|RELATIVE|WORKING_DIR))$/;

/** A transport that runs a step for each session. Works inside of a job's allocation only. */
export function srun({ command = "srun", options = [], hetGroupOf }: SrunOptions = {}): Transport {
  return {
    open: async (host, argv, signal) => {
      signal.throwIfAborted();
      const group = hetGroupOf?.(host);
      const line = [command, ...OURS, ...(group === undefined ? [] : [`--het-group=${group}`]), `--nodelist=${host}`, ...options, "--", ...argv];
      const running = await runCmdLocalAsync({ argv: line, env: { HYPERION_LINE_STREAM: "1" }, without: READ_AS_OPTIONS }).catch((cause: CommandError) => {
        throw new TransportError({ reason: "unsupported", message: `${cause.message}. Is ${command} installed here?` }, { cause });
      });
      return commandSession(running, false, srunEnd, () => endStep(running));
    },
  };
}

/**
 * Slurm lets a step go on whose srun was killed, and an agent whose input nobody closes: srun itself has to end it (srun(1),
 * `--quit-on-interrupt`). An srun that is just launching its step forgets a signal, so it is asked until it has ended.
 */
function endStep(running: RunningCommand): void {
  running.signal("SIGINT");
  const asking = setInterval(() => running.signal("SIGINT"), ASK_AGAIN_MS);
  const timer = setTimeout(() => running.kill(), STEP_END_MS);
  void running.ended.then(() => {
    clearInterval(asking);
    clearTimeout(timer);
  });
}

/** Reads srun's end: it fails with code 1 for almost everything, so what it prints has to tell. */
function srunEnd(end: SessionEnd, stderr: string): SessionEnd {
  const reason = srunFailure(stderr);
  return reason === undefined || end.type !== "exited" || end.code === 0 ? end : { type: "disconnected", failure: { reason, message: stderr } };
}

/** What srun's own messages say of the reason; undefined when they tell of the command. */
export function srunFailure(stderr: string): TransportReason | undefined {
  if (!/^srun: /m.test(stderr)) return undefined;
  if (/Invalid job id|Invalid partition|Invalid node name|not in this job|node configuration is not available|has expired|unrecognized option|invalid option|Access\/permission denied/i.test(stderr)) return "unsupported";
  if (/Unable to (?:create step|confirm allocation|contact slurm)|Requested nodes are busy|Socket timed out|Communication connection failure|Connection refused|launch failed|temporarily/i.test(stderr)) return "unreachable";
  return undefined;
}
