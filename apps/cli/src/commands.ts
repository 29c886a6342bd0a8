/** All commands. */
import type { CommandDefinition } from "./command-definition.ts";
import { CHANGES } from "./commands-that-change.ts";
import { DIR, JOB, JSON_OUTPUT, RUN, WHICH } from "./shared-options.ts";

/** The commands, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: "run",
    summary: "run a program: here, in an allocation, or by Slurm jobs",
    details:
      "The program's own options come behind its file; its own --help lists them.\nWithout --local or --slurm it takes what it finds: the allocation, else sbatch,\nelse this machine. The file is one that calls program or clusterProgram.",
    args: [
      { syntax: "<file>", description: "the program's file" },
      { syntax: "[options...]", description: "the program's options" },
    ],
    options: [
      { syntax: "--local", description: "on this machine, without Slurm" },
      { syntax: "--slurm", description: "by Slurm, or not at all" },
      { syntax: "--node <flag>", description: "a flag for Node, again for another: --node=--inspect", isList: true },
    ],
    passesOn: true,
    examples: [
      ["hyperion run roots.ts --help", "which options the program has"],
      ["hyperion run roots.ts --points 50", "run it"],
      ["hyperion run --local roots.ts --points 5", "try it without Slurm"],
    ],
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "ps",
    summary: "list your runs that go on on this machine",
    details: "With directories: the runs of these programs, also those that have ended.",
    args: [{ syntax: "[dirs...]", description: "directories of programs" }],
    options: [
      { syntax: "--most <n>", description: "so many at most, the newest (default: 20)", isCount: true },
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion ps", "what goes on here"],
      ["hyperion ps out", "all runs of the program whose results are in out"],
    ],
    load: async () => (await import("./commands/ps.ts")).ps,
  },
  {
    name: "status",
    summary: "show how far a run is",
    details: "By the run itself while it goes on, else out of its log.",
    args: [{ syntax: "[dir]", description: "the program's directory (default: this one, or out)" }],
    options: [
      { syntax: "-w, --watch", description: "on the whole screen, as it goes on, until q" },
      RUN,
      JOB,
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion status", "the run of this directory, or the only one here"],
      ["hyperion status out --json", "for scripts"],
      ["hyperion status --watch", "with keys; ? lists them"],
    ],
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "jobs",
    summary: "list the Slurm jobs of a run",
    details: "Those that wait or run come first, then those that have ended, each with how.",
    args: [{ syntax: "[dir]", description: "the program's directory (default: this one, or out)" }],
    options: [{ syntax: "--most <n>", description: "so many at most (default: 20)", isCount: true }, RUN, JSON_OUTPUT],
    examples: [
      ["hyperion jobs", "which wait, and why; which run, and how far they are"],
      ["hyperion jobs out --json | jq -r '.[] | select(.state == \"waiting\").jobId'", "ids, for scripts"],
    ],
    load: async () => (await import("./commands/jobs.ts")).jobs,
  },
  {
    name: "tasks",
    summary: "list calls that run and wait, that failed, or that took longest",
    details: "Those that run longest come first, then the others in the order in which they\nwill begin.",
    options: [
      { syntax: "--running", description: "only those that run" },
      { syntax: "--waiting", description: "only those that wait" },
      { syntax: "--failed", description: "those that failed, the last one last" },
      { syntax: "--slowest", description: "those that ran longest, also of those that have ended" },
      { syntax: "--most <n>", description: "so many at most (default: 20)", isCount: true },
      ...WHICH,
      JOB,
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion tasks --running", "what runs, and for how long"],
      ["hyperion tasks --job 4711", "the calls within a Slurm job"],
      ["hyperion tasks --slowest", "where the time goes"],
      ["hyperion tasks --failed --most 100", "what went wrong"],
    ],
    load: async () => (await import("./commands/tasks.ts")).tasks,
  },
  {
    name: "top",
    summary: "show how busy workers and nodes are",
    details:
      "As a full screen that goes on until q. CPU time is in percent of one CPU, with\nall processes that a call has started. Nodes are asked only while you look.",
    args: [{ syntax: "[dir]", description: "the program's directory (default: this one, or out)" }],
    options: [{ syntax: "--once", description: "one table, after a second" }, RUN, JOB, JSON_OUTPUT],
    examples: [
      ["hyperion top", "the busiest workers first"],
      ["hyperion top --once", "without a terminal"],
    ],
    load: async () => (await import("./commands/top.ts")).top,
  },
  {
    name: "explain",
    summary: "say why a call waits, what would change it, or why it failed",
    args: [{ syntax: "<id>", description: "of a call, a failure, a worker or a Slurm job" }],
    options: [...WHICH, JOB, JSON_OUTPUT],
    examples: [
      ["hyperion explain 17", "a call that tasks has listed"],
      ["hyperion explain f3", "the third failure"],
      ["hyperion explain 4711", "a Slurm job: what it waits for, and whether that ends by itself"],
    ],
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  {
    name: "results",
    summary: "show what is stored, also while the program runs",
    details: "Without a map: which maps there are. Reading does not disturb the program.",
    args: [{ syntax: "[map]", description: "the name that keyValMap was given" }],
    options: [
      {
        syntax: "--where <key=value>",
        description: "only where the key has this value, again for another: n=2",
        isList: true,
      },
      { syntax: "--most <n>", description: "so many rows at most, the newest", isCount: true },
      {
        syntax: "--format <format>",
        description: "ndjson: a line for each row",
        choices: ["table", "json", "ndjson", "csv"],
      },
      { syntax: "--origin", description: "which program and which code computed each row" },
      { syntax: "--delete", description: "delete these rows, after a question" },
      { syntax: "--yes", description: "delete them without a question" },
      ...WHICH,
      JSON_OUTPUT,
    ],
    examples: [
      ["hyperion results", "the maps, and how much they have"],
      ["hyperion results square_roots --where eps=0.0001", "some rows"],
      ["hyperion results square_roots --format csv > roots.csv", "all rows, to go on with"],
      ["hyperion results square_roots --where n=2 --delete", "so that they are computed again"],
    ],
    load: async () => (await import("./commands/results.ts")).results,
  },
  {
    name: "logs",
    summary: "show the log of a run, of a worker, or what a Slurm job has printed",
    args: [
      { syntax: "[id]", description: "of a call, a failure, a worker or a Slurm job (default: the run's own log)" },
    ],
    options: [
      { syntax: "-f, --follow", description: "go on as long as the run, or the Slurm job, does" },
      { syntax: "--head", description: "of a Slurm job: what has happened in it, by its head's log" },
      { syntax: "-n, --lines <n>", description: "so many lines, the last ones (default: 50)", isCount: true },
      { syntax: "--path", description: "say only where the log is" },
      ...WHICH,
    ],
    examples: [
      ["hyperion logs -f", "what happens in the run, as it happens"],
      ["hyperion logs 17", "what the worker of call 17 has printed"],
      ["hyperion logs 4711 -f", "what Slurm job 4711 prints"],
      ['less "$(hyperion logs --path f3)"', "in a pager"],
    ],
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  ...CHANGES,
  {
    name: "completion",
    summary: "print what makes your shell complete commands with the Tab key",
    args: [{ syntax: "<shell>", description: "your shell", choices: ["bash", "zsh", "fish"] }],
    options: [],
    examples: [
      ['eval "$(hyperion completion bash)"', "in ~/.bashrc; zsh: the same, in ~/.zshrc"],
      ["hyperion completion fish > ~/.config/fish/completions/hyperion.fish", "once"],
    ],
    load: async () => (await import("./commands/completion.ts")).completion,
  },
  {
    name: "doctor",
    summary: "look whether this machine has what programs need",
    options: [DIR, JSON_OUTPUT],
    examples: [["hyperion doctor --dir out", "also whether results can be kept there"]],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
];
