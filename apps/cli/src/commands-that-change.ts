/** The commands that change what a run does. */
import type { CommandDefinition } from "./command-definition.ts";
import { JOB, JSON_OUTPUT, WHICH } from "./shared-options.ts";

/** In the order of the help. */
export const CHANGES: readonly CommandDefinition[] = [
  {
    name: "stop",
    summary: "end a run in order: what is done is stored",
    details:
      "As SIGTERM does: running calls are ended. Slurm jobs of a program on a login\nnode go on, and its next run joins them; with --jobs they are cancelled, too.",
    options: [
      { syntax: "--wait", description: "until its process is gone" },
      { syntax: "--jobs", description: "cancel its Slurm jobs, and wait until they are gone" },
      ...WHICH,
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion stop --run q7R --wait", "and go on in a script when it has ended"],
      ["hyperion stop --jobs", "give all of it up"],
    ],
    load: async () => (await import("./commands/stop.ts")).stop,
  },
  {
    name: "holds",
    summary: "show failed calls that wait for you, and what would help",
    details: "A job that fails is held: its caller waits, and the others go on.",
    args: [{ syntax: "[id]", description: "only this one" }],
    options: [...WHICH, JSON_OUTPUT],
    examples: [
      ["hyperion holds", "why, where, the last lines, and a command that helps"],
      ["hyperion holds --json | jq -r '.[].command'", "the commands alone"],
    ],
    load: async () => (await import("./commands/holds.ts")).holds,
  },
  {
    name: "retry",
    summary: "make a held call again",
    details:
      "What earlier retries have changed stays. Where the program does not run, its\nnext run does it. With --same-reason: all that failed as that one did; with\n--all --same-reason: all, but only if they failed for the same reason.",
    args: [{ syntax: "[id]", description: "of a hold" }],
    options: [
      { syntax: "--all", description: "all held calls" },
      { syntax: "--same-reason", description: "those that failed for the same reason" },
      { syntax: "--mem <size>", description: "memory of each node: 16G" },
      { syntax: "--time <time>", description: "how long it may run: 4:00:00" },
      { syntax: "--exclude <nodes>", description: "not on these nodes either: n3" },
      { syntax: "--partition <name>", description: "in this partition" },
      { syntax: "--account <name>", description: "for this account" },
      { syntax: "--qos <name>", description: "with this QOS" },
      { syntax: "--cpus <n>", description: "CPUs of each node" },
      { syntax: "--nodes <n>", description: "how many nodes" },
      ...WHICH,
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion retry 3Fa --mem 16G", "with more memory"],
      ["hyperion retry 3Fa --same-reason --time 4:00:00", "all that ran out of time, as 3Fa did"],
      ["hyperion retry --all", "as they were, such as after the site has mended a disk"],
    ],
    load: async () => (await import("./commands/retry.ts")).retry,
  },
  {
    name: "cancel",
    summary: "end a call or a Slurm job, or give up a held call",
    details: "Its caller gets an error.",
    args: [{ syntax: "<id>", description: "of an open call, as tasks lists it, a Slurm job or a hold" }],
    options: [...WHICH, JOB, JSON_OUTPUT],
    examples: [
      ["hyperion cancel 17", "give up the call that takes so long"],
      ["hyperion cancel 17 --job 4711", "the same of a call within a Slurm job"],
      ["hyperion cancel 4711", "cancel a Slurm job, and wait until it is gone"],
      ["hyperion cancel 3Fa", "do not try the held call again"],
    ],
    load: async () => (await import("./commands/cancel.ts")).cancel,
  },
];
