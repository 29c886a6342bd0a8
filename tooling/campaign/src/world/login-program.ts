/** A program on the login node, which submits two Slurm jobs: one on each of the round's nodes. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Launch } from "../fault.ts";
import type { ProgramEnd } from "../judge/evidence.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { CHECKOUT, type Place, processesOn, SHARED, showNodeProcess, targetAt } from "./seat.ts";
import { sendSignal } from "./send-signal.ts";
import { programIn, type Running } from "./stage.ts";

const POLL_MS = 50;
const UNENDED = /^(?:PENDING|CONFIGURING|RUNNING|SUSPENDED|COMPLETING)/;

type Exited = Extract<ProgramEnd, { type: "exited" }>;

/** A program that its user has typed on the login node. */
export class LoginProgram implements Running<ClusterTarget> {
  readonly others: Promise<Exited>[] = [];
  readonly ended: Promise<Exited>;
  readonly target: ClusterTarget;
  readonly #place: Place;
  readonly #child: ChildProcess;
  #end: Exited | undefined;

  /** Starts it. */
  constructor(place: Place, planFile: string, { env = {} }: Launch) {
    const { cluster, nodes, scene, user } = place;
    this.#place = place;
    const program = programIn(scene.source.replace(CHECKOUT, SHARED.checkout), "login");
    this.#child = cluster.spawn("login", [`${SHARED.node}/node`, program, planFile, ...nodes], {
      user,
      cwd: scene.root,
      env: { TMPDIR: scene.temporary, NODE_COMPILE_CACHE: scene.compileCache, ...env },
    });
    scene.resources.defer(() => this.#endJobs());
    this.ended = this.#untilEnded();
    const target = targetAt(
      place,
      () => this.#jobs(),
      () => this.hasEnded,
    );
    const signal: ClusterTarget["signal"] = (pid, name) => {
      target.signal(pid, name);
      // What has brought the program onto the node stands still with it, and nobody else wakes it.
      if (name === "SIGCONT" && this.#child.pid !== undefined) target.signal(this.#child.pid, name);
    };
    this.target = { ...target, signal };
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  takeNote(): void {
    // Whatever the user has on login and on these nodes is of this round.
  }

  /** Jobs go on without a program that has not come to its end: the next one joins them. */
  processes(): readonly string[] {
    const leavesJobs = this.#end !== undefined && this.#end.code !== 0;
    return processesOn(this.#place, ["login", ...(leavesJobs ? [] : this.#place.nodes)]).map(showNodeProcess);
  }

  async kill(): Promise<void> {
    if (this.#end === undefined) await this.#endJobs();
    for (let left = this.#ours(); left.length > 0; left = this.#ours()) {
      for (const { pid } of left) sendSignal(pid, "SIGKILL");
      await sleep(POLL_MS);
    }
    await this.ended;
  }

  #ours(): ReturnType<typeof processesOn> {
    return processesOn(this.#place, ["login"]);
  }

  /** Ends the user's jobs, and waits until nothing of them is left. */
  async #endJobs(): Promise<void> {
    const { cluster, nodes, user } = this.#place;
    await cluster.run("login", ["scancel", "--quiet", `--user=${user}`]);
    while ((await this.#jobs()).length > 0) await sleep(POLL_MS);
    for (let left = processesOn(this.#place, nodes); left.length > 0; left = processesOn(this.#place, nodes)) {
      for (const { pid } of left) sendSignal(pid, "SIGKILL");
      await sleep(POLL_MS);
    }
  }

  /** Those that have not ended. */
  async #jobs(): ReturnType<ClusterTarget["jobIds"]> {
    const { cluster, user } = this.#place;
    const all = await cluster.jobs();
    return all.flatMap((job) => (job.user === user && UNENDED.test(job.state) ? [job.id] : []));
  }

  async #untilEnded(): Promise<Exited> {
    const chunks: string[] = [];
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    return await new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#end = { type: "exited", code, signal, output: chunks.join("") };
        resolve(this.#end);
      });
    });
  }
}
