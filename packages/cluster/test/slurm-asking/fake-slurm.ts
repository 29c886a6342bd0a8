/** A Slurm that answers as its owner says, in place of the commands. */
import type { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";

/** A job that it shows. */
export interface FakeJob {
  readonly id: number;
  readonly name: string;
  state: string;
  reason?: string;
  nodes?: string;
  /** The node of its script. */
  host?: string;
  submitted?: string;
  exit?: string;
  restarts?: number;
}

export class FakeSlurm {
  /** What was asked, by the first word and the ids. */
  readonly asked: (readonly string[])[] = [];
  jobs: FakeJob[] = [];
  /** Whether nobody answers. */
  away = false;
  /** Whether scontrol knows what squeue does not show. */
  hidden: FakeJob[] = [];
  /** What an answer waits for. */
  delay: () => Promise<void> = () => Promise.resolve();
  /** What scancel does. */
  onCancel: (ids: readonly number[]) => void = () => undefined;

  readonly ask: typeof askSlurm = async (argv, options) => {
    this.asked.push(argv);
    await this.delay();
    if (options?.signal?.aborted === true) return { code: null, failure: { kind: "aborted" }, stdout: "", stderr: "" };
    if (this.away)
      return {
        code: 1,
        stdout: "",
        stderr: "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
      };
    return { code: 0, stderr: "", stdout: "", ...this.#answer(argv) };
  };

  count = (command: string): number => this.asked.filter(([first]) => first === command).length;

  #answer(argv: readonly string[]): { readonly code?: number; readonly stdout?: string; readonly stderr?: string } {
    const [command = "", ...args] = argv;
    switch (command) {
      case "squeue": {
        const format = args.find((arg) => arg.startsWith("--format="))?.slice("--format=".length) ?? "";
        return {
          stdout: this.jobs
            .map((job) => `${format.replaceAll(/%(\w)/g, (_, field: string) => shown(job, field))}\n`)
            .join(""),
        };
      }
      case "scontrol": {
        const job = [...this.jobs, ...this.hidden].find(({ id }) => String(id) === args.at(-1));
        return job === undefined
          ? { code: 1, stderr: "slurm_load_jobs error: Invalid job id specified" }
          : { stdout: record(job) };
      }
      case "scancel":
        this.onCancel(args.map(Number));
        return {};
      default:
        return { code: 1, stderr: "Slurm accounting storage is disabled" };
    }
  }
}

const shown = (
  { id, name, state, reason = "None", nodes = "", host = "n/a", submitted = "N/A" }: FakeJob,
  field: string,
): string =>
  ({ i: String(id), j: name, T: state, r: reason, N: nodes, B: host, P: "main", D: "1", V: submitted })[field] ?? "";

const record = ({ id, name, state, reason = "None", nodes = "", exit = "0:0", restarts = 0 }: FakeJob): string =>
  `JobId=${id} JobName=${name}
   JobState=${state} Reason=${reason} Dependency=(null)
   Requeue=1 Restarts=${restarts} BatchFlag=1 Reboot=0 ExitCode=${exit}
   NodeList=${nodes}
`;

export const identity = (id: number, name: string) => ({ jobId: parseSlurmJobId(id), name });
