/**
 * Where a worker finds itself. A program expects the same directory and the same variables on every node, with the
 * modules that its job script has loaded; sshd gives an agent only those of a fresh login.
 */

/** What workers on another node have of this process. */
export interface NodeSurroundings {
  /** Variables, in pieces that fit into a message each. */
  readonly environment: readonly Readonly<Record<string, string>>[];
  readonly directory: string;
}

/**
 * Variables that tell of one machine, one login, one terminal or one step: the node's own are right there. What is
 * secret on this machine (a ticket cache, an agent's socket) is not the node's business.
 */
const OF_THIS_MACHINE =
  /^(?:_|HOST|HOSTNAME|PWD|OLDPWD|SHLVL|TMP|TMPDIR|TEMP|TERM|DISPLAY|XAUTHORITY|WINDOWID|TTY|LS_COLORS|KRB5CCNAME|DBUS_.*|XDG_.*|SSH_.*|HYPERION_.*|NODE_CHANNEL_.*|OMPI_.*|PMI_.*|PMIX_.*|CUDA_VISIBLE_DEVICES|ROCR_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL|ZE_AFFINITY_MASK|SLURMD_.*|SLURM_(?:NODEID|PROCID|LOCALID|GTIDS|TASK_PID|CPU_BIND.*|STEP.*|SRUN.*|LAUNCH.*|TOPOLOGY.*|DISTRIBUTION|UMASK|PTY.*|GPUS_ON_NODE|CPUS_ON_NODE))$/;

/** A message has at most 64 KB. */
const PIECE_BYTES = 60_000;

/** The directory and the variables of this process that are good on other nodes too. A variable that fits into no message is left out. */
export function surroundingsOfThisProcess(): NodeSurroundings {
  const pieces: Record<string, string>[] = [];
  let room = 0;
  for (const [name, value = ""] of Object.entries(process.env)) {
    const bytes = Buffer.byteLength(JSON.stringify([name, value]));
    if (OF_THIS_MACHINE.test(name) || bytes > PIECE_BYTES) continue;
    if (bytes > room) {
      pieces.push({});
      room = PIECE_BYTES;
    }
    Object.assign(pieces.at(-1) ?? {}, { [name]: value });
    room -= bytes;
  }
  return { environment: pieces, directory: process.cwd() };
}
