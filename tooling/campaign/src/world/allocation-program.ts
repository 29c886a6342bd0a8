/** A program in an allocation of two nodes, as a batch job. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import type { NodeProcess } from "@hyperion-ts/testbed";
import type { Launch } from "../fault.ts";
import type { ProgramEnd } from "../judge/evidence.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { CHECKOUT, type Place, processesOn, SHARED, showNodeProcess, targetAt } from "./seat.ts";
import { sendSignal } from "./send-signal.ts";
import { programIn, type Running } from "./stage.ts";

const PATIENCE_MS = 240_000;
const POLL_MS = 50;

/** Asks Slurm whether the job is abandoned, and the command by which it asks: behind a cut it gets no answer before it is healed. */
const WAITS_FOR_NETWORK = /end-abandoned-job-main|^scontrol /;

type Exited = Extract<ProgramEnd, { type: "exited" }>;

/** A batch job that is the program. */
export class AllocationProgram implements Running<ClusterTarget> {
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
    this.target = targetAt(
      place,
      async () => [id],
      () => this.#hasEnded,
    );
  }

  /** Submits it, on both nodes. */
  static async submit(place: Place, planFile: string, { env = {} }: Launch): Promise<AllocationProgram> {
    const { cluster, nodes, scene, user } = place;
    const output = planFile.replace(/plan-(.*)\.json$/, "output-$1.txt");
    const variables = { TMPDIR: scene.temporary, NODE_COMPILE_CACHE: scene.compileCache, ...env };
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
    const program = programIn(scene.source.replace(CHECKOUT, SHARED.checkout), "allocation");
    const script = ["#!/bin/sh", ...exports, `exec ${SHARED.node}/node '${program}' '${planFile}'`, ""].join("\n");
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
    const id = await cluster.sbatch(script, { user, cwd: scene.root, args });
    scene.resources.defer(async () => void (await cluster.run("login", ["scancel", "--quiet", String(id)])));
    return new AllocationProgram(place, id, output);
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
      .map(showNodeProcess);
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

  #ours(): readonly NodeProcess[] {
    return processesOn(this.#place, this.#place.nodes);
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
}
