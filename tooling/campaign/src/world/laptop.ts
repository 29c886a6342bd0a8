/** One machine: the program is a child of this process, leads a process group of its own, and uses two CPUs. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { descendants, type ProcessId, stillAlive } from "@hyperion-ts/processes";
import type { Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import type { ProgramEnd } from "../judge/evidence.ts";
import type { ProgramPlan } from "../plan.ts";
import type { LaptopTarget } from "./laptop-target.ts";
import { inRole, markedProcesses, type Role, showProcess } from "./marked-processes.ts";
import { sendSignal } from "./send-signal.ts";
import { programIn, type Running, type Stage } from "./stage.ts";

const FIND_MS = 5_000;
const GONE_MS = 20_000;
const POLL_MS = 10;

type Exited = Extract<ProgramEnd, { type: "exited" }>;

/** The place of a round on this machine. */
export function laptopStage(scene: Scene): Stage<LaptopTarget> {
  const journals = join(scene.root, "journals");
  mkdirSync(journals, { recursive: true });
  return {
    scene,
    journals,
    where: "laptop",
    start: async (planFile, launch) => new LaptopProgram(scene, { planFile, launch, journals }),
    heal: async () => undefined,
    [Symbol.asyncDispose]: () => scene.resources.disposeAsync(),
  };
}

interface Start {
  readonly planFile: string;
  readonly launch: Launch;
  readonly journals: string;
}

class LaptopProgram implements Running<LaptopTarget> {
  readonly ended: Promise<Exited>;
  readonly target: LaptopTarget;
  readonly others: Promise<Exited>[] = [];
  readonly #mark = randomUUID();
  readonly #scene: Scene;
  readonly #start: Start;
  readonly #child: ChildProcess;
  #known: readonly ProcessId[] = [];

  constructor(scene: Scene, start: Start) {
    this.#scene = scene;
    this.#start = start;
    this.#child = this.#spawn(start.planFile, start.launch);
    this.ended = endOf(this.#child, outputOf(start.planFile));
    this.target = this.#makeTarget();
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  takeNote(): void {
    if (this.#child.pid !== undefined) this.#known = descendants(this.#child.pid);
  }

  processes(): readonly string[] {
    const marked = markedProcesses(this.#markVariable);
    const others = stillAlive(this.#known).filter(({ pid }) => !marked.some((process) => process.pid === pid));
    return [
      ...marked.map(showProcess),
      ...others.map(({ pid }) => `process ${pid}, which has cleared its environment`),
    ];
  }

  async kill(): Promise<void> {
    const end = performance.now() + GONE_MS;
    for (let left = this.#pids(); left.length > 0 && performance.now() < end; left = this.#pids()) {
      for (const pid of left) sendSignal(pid, "SIGKILL");
      await sleep(POLL_MS);
    }
  }

  get #markVariable(): string {
    return `CAMPAIGN_ROUND=${this.#mark}`;
  }

  #pids(): readonly number[] {
    return [...new Set([...markedProcesses(this.#markVariable), ...stillAlive(this.#known)].map(({ pid }) => pid))];
  }

  get #env(): NodeJS.ProcessEnv {
    // This one may itself be a worker's or a test's.
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_|SLURM|HYPERION)/.test(name)),
    );
    return {
      ...inherited,
      TMPDIR: this.#scene.temporary,
      NODE_COMPILE_CACHE: this.#scene.compileCache,
      CAMPAIGN_ROUND: this.#mark,
    };
  }

  #spawn(planFile: string, { before = [], env = {} }: Launch): ChildProcess {
    const [command, ...args] = [...before, process.execPath, programIn(this.#scene.source, "laptop"), planFile];
    const output = openSync(outputOf(planFile), "a");
    try {
      return spawn(command, args, {
        cwd: this.#scene.root,
        env: { ...this.#env, ...env },
        detached: true,
        stdio: ["ignore", output, output],
      });
    } finally {
      closeSync(output);
    }
  }

  #makeTarget(): LaptopTarget {
    const hasEnded = (): boolean => this.hasEnded;
    return {
      ...this.#scene,
      journals: this.#start.journals,
      env: this.#env,
      head: this.#child.pid ?? Number.NaN,
      get hasEnded() {
        return hasEnded();
      },
      find: (role) => this.#find(role),
      all: () => this.#pids(),
      signal: sendSignal,
      startOther: () => this.#startOther(),
    };
  }

  async #find(role: Role): Promise<readonly number[]> {
    const end = performance.now() + FIND_MS;
    for (;;) {
      const found = inRole(role, markedProcesses(this.#markVariable)).map(({ pid }) => pid);
      if (found.length > 0 || this.hasEnded || performance.now() > end) return found;
      await sleep(POLL_MS);
    }
  }

  #startOther(): void {
    const planFile = join(this.#scene.root, `plan-other-${this.others.length + 1}.json`);
    const plan: ProgramPlan = JSON.parse(readFileSync(this.#start.planFile, "utf8"));
    writeFileSync(planFile, JSON.stringify({ ...plan, run: `other ${this.others.length + 1}` }));
    this.others.push(endOf(this.#spawn(planFile, {}), outputOf(planFile)));
  }
}

const outputOf = (planFile: string): string => planFile.replace(/plan-(.*)\.json$/, "output-$1.txt");

function endOf(child: ChildProcess, output: string): Promise<Exited> {
  const { promise, resolve } = Promise.withResolvers<Exited>();
  child.once("exit", (code, signalName) =>
    resolve({ type: "exited", code, signal: signalName, output: readFileSync(output, "utf8") }),
  );
  child.once("error", (error) => resolve({ type: "exited", code: 127, signal: null, output: String(error) }));
  return promise;
}
