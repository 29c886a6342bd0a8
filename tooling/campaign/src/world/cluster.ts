/** A Slurm cluster for many rounds: each has two of its nodes for itself, as an ordinary user. */
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { type NodeProcess, type Testbed, testbed } from "@hyperion-ts/testbed";
import type { Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import type { ProgramEnd } from "../judge/evidence.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { sendSignal } from "./send-signal.ts";
import { programIn, type Running, type Stage } from "./stage.ts";

const USER = "alice";
const PATIENCE_MS = 240_000;
const FIND_MS = 10_000;
const POLL_MS = 50;
/** Where the cluster's users find this project and its Node.js: they may not enter root's folders. */
const checkout = resolve(import.meta.dirname, "../../../..");
const SHARED = { checkout: "/srv/checkout", node: "/opt/node" } as const;

/** Asks Slurm whether the job is abandoned, and the command by which it asks: behind a cut it gets no answer before it is healed. */
const WAITS_FOR_NETWORK = /end-abandoned-job-main|^scontrol /;

type Exited = Extract<ProgramEnd, { type: "exited" }>;
type Pair = readonly [string, string];

/** Up from its first use until it is disposed of. */
export class Cluster implements AsyncDisposable {
  readonly #pairs: Pair[];
  readonly #waiting: ((pair: Pair) => void)[] = [];
  readonly #count: number;
  #testbed: Promise<Testbed> | undefined;

  /** For so many rounds at the same time. */
  constructor(rounds: number) {
    this.#count = 2 * rounds;
    this.#pairs = Array.from({ length: rounds }, (_, i) => [`n${2 * i + 1}`, `n${2 * i + 2}`]);
  }

  /** A place for a round, when two nodes are free. Whether nodes have to be healed after the fault is said by `breaksNodes`. */
  async stage(scene: Scene, breaksNodes: boolean): Promise<Stage<ClusterTarget>> {
    const cluster = await (this.#testbed ??= this.#open());
    const nodes = this.#pairs.shift() ?? (await new Promise<Pair>((taken) => this.#waiting.push(taken)));
    const journals = join(scene.root, "journals");
    for (const folder of [journals, scene.temporary]) mkdirSync(folder, { recursive: true });
    for (const folder of [scene.root, journals, scene.temporary]) chmodSync(folder, 0o777);
    const healNodes = async (): Promise<void> =>
      void (await Promise.all(nodes.map((node) => cluster.fault.heal(node, { timeoutMs: PATIENCE_MS }))));
    const undone = breaksNodes ? [healNodes] : [];
    const heal = async (): Promise<void> => {
      for (const undo of undone.toReversed()) await undo();
      undone.length = 0;
    };
    return {
      scene,
      journals,
      where: "allocation",
      start: (planFile, launch) => ClusterProgram.submit({ cluster, nodes, scene, undone }, planFile, launch),
      heal,
      [Symbol.asyncDispose]: async () => {
        await scene.resources.disposeAsync();
        await heal();
        this.#release(nodes);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#testbed)?.[Symbol.asyncDispose]();
  }

  #release(nodes: Pair): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#pairs.push(nodes);
    else next(nodes);
  }

  #open(): Promise<Testbed> {
    return testbed({
      nodes: Array.from({ length: this.#count }, (_, i) => ({ name: `n${i + 1}`, cpus: 2 })),
      share: [
        { from: checkout, to: SHARED.checkout },
        { from: dirname(realpathSync(process.execPath)), to: SHARED.node },
      ],
    });
  }
}

interface Place {
  readonly cluster: Testbed;
  readonly nodes: Pair;
  readonly scene: Scene;
  /** What is to be undone before the next run. */
  readonly undone: (() => Promise<void>)[];
}

class ClusterProgram implements Running<ClusterTarget> {
  readonly others: Promise<Exited>[] = [];
  readonly ended: Promise<Exited>;
  readonly target: ClusterTarget;
  readonly #place: Place;
  readonly #id: SlurmJobId;
  readonly #output: string;
  #hasEnded = false;

  private constructor(place: Place, id: SlurmJobId, output: string) {
    this.#place = place;
    this.#id = id;
    this.#output = output;
    this.ended = this.#untilEnded();
    this.target = this.#makeTarget();
  }

  static async submit(place: Place, planFile: string, { env = {} }: Launch): Promise<ClusterProgram> {
    const { cluster, nodes, scene } = place;
    const output = planFile.replace(/plan-(.*)\.json$/, "output-$1.txt");
    const variables = { TMPDIR: scene.temporary, NODE_COMPILE_CACHE: scene.compileCache, ...env };
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
    const source = scene.source.replace(checkout, SHARED.checkout);
    const script = ["#!/bin/sh", ...exports, `exec ${SHARED.node}/node '${programIn(source)}' '${planFile}'`, ""].join(
      "\n",
    );
    const args = [
      "-N2",
      "-w",
      nodes.join(","),
      "--exclusive",
      "--no-kill",
      "--requeue",
      "--open-mode=append",
      "-o",
      output,
    ];
    const id = await cluster.sbatch(script, { user: USER, cwd: scene.root, args });
    scene.resources.defer(async () => void (await cluster.run("login", ["scancel", "--quiet", String(id)])));
    return new ClusterProgram(place, id, output);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  takeNote(): void {
    // Whatever the user has on these nodes is of this round.
  }

  processes(): readonly string[] {
    return this.#ours()
      .filter(({ argv }) => this.#place.undone.length === 0 || !WAITS_FOR_NETWORK.test(argv.join(" ")))
      .map(({ pid, argv }) => `process ${pid}: ${argv.join(" ").slice(0, 300)}`);
  }

  async kill(): Promise<void> {
    await this.#place.cluster.run("login", ["scancel", "--quiet", "--signal=KILL", "--full", String(this.#id)]);
    await this.#place.cluster.run("login", ["scancel", "--quiet", String(this.#id)]);
    for (let left = this.#ours(); left.length > 0; left = this.#ours()) {
      for (const { pid } of left) sendSignal(pid, "SIGKILL");
      await sleep(POLL_MS);
    }
    await this.ended;
  }

  /** What the user has on the round's nodes; sshd's sessions end when their network does. */
  #ours(): readonly NodeProcess[] {
    return this.#place.nodes
      .flatMap((node) => this.#on(node))
      .filter(({ argv }) => argv[0]?.startsWith("sshd") !== true);
  }

  #on(node: string): readonly NodeProcess[] {
    return this.#place.cluster.processes(node).filter((process) => process.user === USER);
  }

  async #untilEnded(): Promise<Exited> {
    const { cluster } = this.#place;
    for (;;) {
      // The controller may not answer: that is a fault, too.
      const finished = await cluster.waitForJob(this.#id, { timeoutMs: PATIENCE_MS }).catch(() => undefined);
      if (finished === undefined) {
        await sleep(POLL_MS);
        continue;
      }
      this.#hasEnded = true;
      const [part] = finished.parts;
      const plain = finished.state === "COMPLETED" || (finished.state === "FAILED" && (part?.exitSignal ?? 0) === 0);
      const output = existsSync(this.#output) ? readFileSync(this.#output, "utf8") : "";
      return {
        type: "exited",
        code: plain ? finished.exitCode : null,
        signal: plain ? null : `${finished.state} ${part?.exitSignal ?? ""}`.trim(),
        output,
      };
    }
  }

  #makeTarget(): ClusterTarget {
    const { cluster, nodes, scene, undone } = this.#place;
    const [headNode, otherNode] = nodes;
    return {
      ...scene,
      cluster,
      headNode,
      otherNode,
      jobId: this.#id,
      find: (node, what) => this.#find(node, what),
      signal: sendSignal,
      undoLater: (undo) => void undone.push(undo),
      run: async (node, ...command) => void (await cluster.run(node, command)),
    };
  }

  async #find(node: string, what: RegExp): Promise<readonly number[]> {
    const end = performance.now() + FIND_MS;
    for (;;) {
      const found = this.#on(node)
        .filter(({ argv }) => what.test(argv.join(" ")))
        .map(({ pid }) => pid);
      if (found.length > 0 || this.#hasEnded || performance.now() > end) return found;
      await sleep(POLL_MS);
    }
  }
}
