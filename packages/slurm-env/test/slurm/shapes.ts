/** Shapes of jobs: the ways in which people ask Slurm for nodes, and from where. Each job runs a recorder. */

/** One way to get an allocation. */
export interface Shape extends ShapeTraits {
  readonly title: string;
  /** What is run on the login node; `record` is the recorder's command. */
  readonly submit: (record: readonly string[]) => Submission;
}

/** A command, and what it reads. */
export interface Submission {
  readonly command: readonly string[];
  readonly input?: string;
}

interface ShapeTraits {
  /** How often the recorder is run. Default 1. */
  readonly records?: number;
  /** Whether it is run in a step. */
  readonly isStep?: boolean;
  /**
   * Whether the job comes when no other one is left. Where a component of a heterogeneous job can't start after all, because
   * another job was quicker, Slurm puts the job back for two minutes, and those behind it wait as long.
   */
  readonly alone?: boolean;
  /** Whether the job inherits the variables of an array that it is not in. */
  readonly arrayIsInherited?: boolean;
}

type Script = (record: string) => string;

const batch = (title: string, args: string, script: Script, traits: ShapeTraits = {}): Shape => ({
  title,
  submit: (record) => ({ command: ["sbatch", ...words(args)], input: `#!/bin/sh\n${script(record.join(" "))}\n` }),
  ...traits,
});

const sbatch = (args: string, traits: ShapeTraits = {}): Shape => batch(`sbatch ${args}`.trim(), args, itself, traits);

const direct = (command: string, traits: ShapeTraits = {}): Shape => ({
  title: command,
  submit: (record) => ({ command: [...words(command), ...record] }),
  ...traits,
});

/** A job whose components have these options. */
const het = (
  title: string,
  [first = "", ...others]: readonly string[],
  script: Script = itself,
  traits: ShapeTraits = {},
): Shape =>
  batch(
    title,
    first,
    (record) => [...others.map((args) => `#SBATCH hetjob\n#SBATCH ${args}`), script(record)].join("\n"),
    { alone: true, ...traits },
  );

const itself: Script = (record) => record;

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

/** The nodes that the shapes are asked of. */
export const NODES = [
  { name: "n1", cpus: 2 },
  { name: "n2", cpus: 4 },
  { name: "n3", cpus: 4 },
  { name: "n4", cpus: 8 },
  { name: "n5", sockets: 2, coresPerSocket: 2, threadsPerCore: 2 },
  { name: "gpu1", cpus: 4, gpus: 2 },
  { name: "gpu2", cpus: 4, gpus: 4 },
] as const;

export const PARTITIONS = [
  { name: "main" },
  { name: "short", nodes: ["n1", "n2", "n3"], timeLimitMinutes: 5 },
] as const;

const TASKS: readonly Shape[] = [
  sbatch(""),
  sbatch("-n3"),
  sbatch("-N2"),
  sbatch("-N1-3"),
  sbatch("-N2 --ntasks-per-node=2"),
  sbatch("--ntasks-per-node=2"),
  sbatch("-c3"),
  sbatch("-n3 -c2"),
  sbatch("-N2 -n4 --cpus-per-task=2"),
  sbatch("-N2 --ntasks-per-node=1 -c4"),
  sbatch("-n9 --overcommit -N1"),
];

const UNEVEN: readonly Shape[] = [
  sbatch("-N3 -n7 -w n1,n2,n4"),
  sbatch("-N3 -n6"),
  sbatch("-N3 --exclusive -w n1,n2,n4"),
  sbatch("-N7 --exclusive"),
  sbatch("-n1 --exclusive"),
  sbatch("-n12 -m cyclic"),
];

const PLACES: readonly Shape[] = [
  sbatch("-w n2,n3"),
  sbatch("--nodelist=n[1-3]"),
  sbatch("-N2 --exclude=n[1-2],n4"),
  sbatch("-p short -N2"),
  sbatch("-p short --time=1"),
  sbatch("-w n5 -n3"),
  sbatch("-w n5 -n2 --hint=nomultithread"),
  sbatch("-w n5 -n1 -c2 --threads-per-core=1"),
  sbatch("-w n5 --sockets-per-node=2 --cores-per-socket=2 -n2"),
];

const MEMORY: readonly Shape[] = [
  sbatch("--mem=200"),
  sbatch("-N2 -n3 --mem=100"),
  sbatch("-n4 --mem-per-cpu=50"),
  sbatch("--mem=0 --exclusive -w n3"),
];

const GPUS: readonly Shape[] = [
  sbatch("--gres=gpu:2"),
  sbatch("--gres=gpu:1 -c2"),
  sbatch("-n2 --gpus-per-task=1"),
  sbatch("-N2 --gpus=3"),
  sbatch("-N2 --gpus-per-node=1"),
  sbatch("-N2 --gpus-per-node=2 --exclusive"),
  sbatch("--gpus=1 --cpus-per-gpu=2"),
  sbatch("--gpus=2 --mem-per-gpu=64"),
];

const ARRAYS: readonly Shape[] = [
  sbatch("--array=1-3", { records: 3 }),
  sbatch("--array=0-6:3 -n2", { records: 3 }),
  sbatch("--array=2,5 -N2 -n3", { records: 2 }),
  sbatch("--array=1-2%1 --gres=gpu:1", { records: 2 }),
];

const HETEROGENEOUS: readonly Shape[] = [
  het("a heterogeneous job", ["-n1", "-N2 -n3"]),
  het("a heterogeneous job of three components, one with GPUs", ["-n2", "--gres=gpu:1 -c2", "-N2 --exclusive"]),
  het(
    "a step of a heterogeneous job's second component",
    ["-n1", "-N2 -n2"],
    (record) => `srun --het-group=1 -N1 -n1 ${record}`,
    { isStep: true },
  ),
];

const STEPS: readonly Shape[] = [
  batch("a step of one task, in a job of three nodes", "-N3 -n6", (record) => `srun -N1 -n1 --overlap ${record}`, {
    isStep: true,
  }),
  batch("a step on the job's last node", "-N2 -n3 -w n2,n3", (record) => `srun -N1 -n1 -w n3 ${record}`, {
    isStep: true,
  }),
  batch("a step of three tasks", "-N3", (record) => `srun ${record}`, { records: 3, isStep: true }),
  batch(
    "a step with a GPU on the second node",
    "-N2 --gpus-per-node=1",
    (record) => `srun -N1 -n1 --relative=1 ${record}`,
    { isStep: true },
  ),
];

const INTERACTIVE: readonly Shape[] = [
  direct("srun -N2 -n3", { records: 3, isStep: true }),
  direct("srun --exclusive -n1", { isStep: true }),
  direct("srun --gres=gpu:1 -c2", { isStep: true }),
  direct("salloc -N3 -n5"),
  direct("salloc --gpus-per-node=1 -N2"),
  direct("salloc -N2 srun -n1 -N1", { isStep: true }),
  direct("salloc -n1 : -N2 -n3"),
];

/** What a job inherits from the one that it is submitted in must not be taken for its own. */
const NESTED: readonly Shape[] = [
  batch("a job submitted from inside a job", "-N2 -n4", (record) => `sbatch -n3 --wrap "${record}"`),
  batch(
    "a job submitted from inside a job with --ntasks-per-node",
    "-N2 --ntasks-per-node=2",
    (record) => `sbatch -n1 --wrap "${record}"`,
  ),
  batch("a job submitted from inside a job with -c", "-c4", (record) => `sbatch -N2 --wrap "${record}"`),
  batch("a job submitted from inside a job with GPUs", "--gres=gpu:2", (record) => `sbatch -n2 --wrap "${record}"`),
  batch(
    "a job with GPUs submitted from inside one with fewer",
    "--gpus-per-node=1",
    (record) => `sbatch --gpus-per-node=2 --wrap "${record}"`,
  ),
  batch("a job submitted from inside a job with --mem", "--mem=100", (record) => `sbatch -n2 --wrap "${record}"`),
  batch(
    "a job with --mem-per-cpu submitted from inside one with --mem",
    "--mem=100",
    (record) => `sbatch -n2 --mem-per-cpu=20 --wrap "${record}"`,
  ),
  batch("a job submitted from inside a job array", "--array=4", (record) => `sbatch -n2 --wrap "${record}"`, {
    arrayIsInherited: true,
  }),
  batch(
    "a job submitted from inside a step of two tasks",
    "-n2",
    (record) => `srun sh -c 'test $SLURM_PROCID = 1 || sbatch -n3 --wrap "${record}"'`,
  ),
  batch(
    "a job submitted with --export=NONE from inside a job",
    "-N2 --ntasks-per-node=2",
    (record) => `sbatch --export=NONE -n3 --wrap "${record}"`,
  ),
  het("a job submitted from inside a heterogeneous job", ["-n1", "-n2"], (record) => `sbatch -N2 --wrap "${record}"`),
  batch("a heterogeneous job submitted from inside a job", "-n2", (record) => `sbatch -n1 : -n2 --wrap "${record}"`),
  batch("salloc called inside a job", "-w n1", (record) => `salloc -w n2,n3 ${record}`),
  batch("a step in a job array's task", "--array=1-2 -N2", (record) => `srun -N1 -n1 ${record}`, {
    records: 2,
    isStep: true,
  }),
];

/** All of them. */
export const SHAPES: readonly Shape[] = [
  ...TASKS,
  ...UNEVEN,
  ...PLACES,
  ...MEMORY,
  ...GPUS,
  ...ARRAYS,
  ...HETEROGENEOUS,
  ...STEPS,
  ...INTERACTIVE,
  ...NESTED,
];
