/** A cluster, and programs on its login node as an ordinary user runs them. */
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openResults } from "@hyperion-ts/job";
import { type JobRecord, type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";
import type { HeadRecord } from "../../src/directory/job-record.ts";
import type { ProgramOutcome, ProgramRequest } from "./programs/squares-program.ts";
import { untilSome } from "./until-some.ts";

export { untilSome } from "./until-some.ts";

const USER = "alice";

/** A cluster whose login node and nodes share a folder. */
export class ProgramCluster implements AsyncDisposable {
  readonly testbed: Testbed;
  readonly #folder: string;

  private constructor(cluster: Testbed, folder: string) {
    this.testbed = cluster;
    this.#folder = folder;
  }

  /** Nodes n1, n2, ... with two CPUs each. */
  static async open(
    nodes: number,
    options: Pick<TestbedOptions, "slurm" | "accounting" | "cgroups" | "partitions"> = {},
  ): Promise<ProgramCluster> {
    const folder = mkdtempSync(join(tmpdir(), "hyperion-cluster-"));
    mkdirSync(join(folder, "runs"));
    chmodSync(join(folder, "runs"), 0o1777);
    const cluster = await testbed({
      nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}`, cpus: 2 })),
      share: [
        { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: join(folder, "runs"), to: "/srv/runs" },
      ],
      ...options,
    });
    return new ProgramCluster(cluster, folder);
  }

  /** A folder for runs of one program. */
  async dir(name: string): Promise<ProgramDir> {
    await this.testbed.run("login", ["mkdir", `/srv/runs/${name}`], { user: USER });
    return new ProgramDir(this.testbed, join(this.#folder, "runs", name), `/srv/runs/${name}`);
  }

  /** Jobs of the user that have not ended. */
  async openJobs(): Promise<readonly JobRecord[]> {
    return (await this.testbed.jobs()).filter(({ state }) => /^(?:PENDING|RUNNING|CONFIGURING|COMPLETING)/.test(state));
  }

  /** Waits until all jobs of the user have ended: a program has their values a moment before. */
  async untilNoJob(): Promise<void> {
    await untilSome("end of all jobs", async () => (await this.openJobs()).length === 0);
  }

  /** Runs a command on the login node as the user; what it printed. */
  async command(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.testbed.run("login", argv, { user: USER });
    if (exitCode !== 0) throw new Error(`${argv.join(" ")} failed: ${stderr}`);
    return stdout;
  }

  /** Waits until a job is in that state. */
  async isIn(state: string, job: string): Promise<void> {
    await untilSome(`job ${job} that is ${state}`, async () =>
      (await this.testbed.jobs()).some(({ id, state: now }) => String(id) === job && now === state),
    );
  }

  /** The head of a job, as the machine numbers its process. */
  async headOn(node: string): Promise<number> {
    return await untilSome(
      `head on ${node}`,
      () =>
        this.testbed
          .processes(node)
          .find(({ user: owner, argv }) => owner === USER && argv.some((each) => each.includes("/head-main")))?.pid,
    );
  }

  /** The user's processes on a node. */
  left(node: string): readonly string[] {
    return this.testbed
      .processes(node)
      .filter((found) => found.user === USER)
      .map(({ argv }) => argv.join(" "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.testbed[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** How a program is started. */
interface StartOptions {
  /** The path of Node. */
  readonly node?: string;
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

/** A program that runs on the login node. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed by now. */
  printed(): string;
  /** Resolves when it has printed such words. */
  says(words: RegExp): Promise<RegExpExecArray>;
  /** The id of the first job that it has submitted, or joined. */
  job(): Promise<string>;
}

/** What the runs of a program have left in their folder. */
export class ProgramDir {
  /** As the machine sees it. */
  readonly path: string;
  /** As the cluster sees it. */
  readonly inCluster: string;
  readonly #testbed: Testbed;
  #programs = "/srv/checkout/packages/cluster/test/slurm/programs";

  constructor(cluster: Testbed, path: string, inCluster: string) {
    this.#testbed = cluster;
    this.path = path;
    this.inCluster = inCluster;
  }

  /** Starts the program on the login node. */
  start(request: Omit<ProgramRequest, "dir">, options: StartOptions = {}): Running {
    return this.startProgram("squares-program.ts", JSON.stringify({ ...request, dir: this.inCluster }), options);
  }

  /** Starts another program of the same folder with one argument. */
  startProgram(file: string, argument: string, { node = "/opt/node/node", env = {} }: StartOptions = {}): Running {
    rmSync(join(this.path, "outcome.json"), { force: true });
    const argv = [node, `${this.#programs}/${file}`, argument];
    const child = this.#testbed.spawn("login", argv, { user: USER, cwd: this.inCluster, env });
    const chunks: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    const printed = (): string => chunks.join("");
    const ended = new Promise<Ended>((settle) => child.once("close", (code) => settle({ code, printed: printed() })));
    const says = async (words: RegExp): Promise<RegExpExecArray> => {
      const early = ended.then(() => {
        const said = words.exec(printed());
        if (said === null) throw new Error(`The program has ended without ${words}:\n${printed()}`);
        return said;
      });
      return await Promise.race([untilSome(`line ${words}`, () => words.exec(printed()) ?? undefined), early]);
    };
    const job = async (): Promise<string> => (await says(/Slurm job (\d+) \(/))[1] ?? "";
    return { child, ended, printed, says, job };
  }

  /** Runs the program to its end. */
  async run(
    request: Omit<ProgramRequest, "dir">,
    options: StartOptions = {},
  ): Promise<Ended & { readonly outcome: ProgramOutcome | undefined }> {
    const ended = await this.start(request, options).ended;
    return { ...ended, outcome: this.outcome };
  }

  /** From now on the program is a copy of its own, whose jobs' module `change` may change. */
  edit(change: (source: string) => string): void {
    const folder = join(this.path, "src");
    if (!existsSync(folder)) {
      mkdirSync(folder);
      symlinkSync("/srv/checkout/packages/cluster/node_modules", join(folder, "node_modules"));
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      for (const name of ["squares.ts", "squares-program.ts"]) {
        const source = readFileSync(join(import.meta.dirname, "programs", name), "utf8");
        writeFileSync(join(folder, name), source.replace("../../../src/", "/srv/checkout/packages/cluster/src/"));
      }
      this.#programs = `${this.inCluster}/src`;
    }
    const file = join(folder, "squares.ts");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  get outcome(): ProgramOutcome | undefined {
    const file = join(this.path, "outcome.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }

  /** What calls wrote down: the number that each was for. */
  noted(what: "begun" | "done" | "inputs"): readonly number[] {
    const file = join(this.path, what);
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => Number(line.split(" ")[0]));
  }

  /** A file that calls wait for. */
  make(name: string): void {
    writeFileSync(join(this.path, name), "");
  }

  /** Folders of jobs whose values no caller has. */
  get jobFolders(): readonly string[] {
    const folder = join(this.path, "jobs");
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && entry.name !== "ended" ? [entry.name] : [],
    );
  }

  /** What the head of the first job says of itself. */
  get head(): HeadRecord | undefined {
    const [folder = ""] = this.jobFolders;
    const file = join(this.path, "jobs", folder, "head.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }

  /** The remembered squares. */
  async squares(): Promise<ReadonlyMap<number, number>> {
    await using results = await openResults({ path: join(this.path, "results.sqlite"), readOnly: true });
    return new Map((await results.lookupAll("squares")).map(({ key, value }) => [Number(key), Number(value)]));
  }
}
