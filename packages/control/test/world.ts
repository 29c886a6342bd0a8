/** A run that a test plays: its folder, its events, and the calls that it lists. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logEvents, type RunEvent, RunEvents } from "@hyperion-ts/progress";
import { vi } from "vitest";
import type { CallReport, FoundRun } from "../src/index.ts";
import { runsIn } from "../src/index.ts";
import { type HeldFailure, holdDesk, HoldFiles } from "@hyperion-ts/holds";
import { type OpenCalls, type RunServer, serveRun } from "../src/served/serve-run.ts";

/** A folder, which is `$TMPDIR` as long as it is there. */
export class TestFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "hyperion-control-")));

  constructor() {
    vi.stubEnv("TMPDIR", this.path);
  }

  [Symbol.dispose](): void {
    vi.unstubAllEnvs();
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const callOf = (id: string): CallReport => ({
  id,
  functionName: "test/call",
  stage: "waiting",
  forSeconds: 1,
  attempt: null,
  cpus: 1,
  node: null,
  cpuIds: [],
  logFile: null,
  waiting: { reason: { kind: "nodes-connecting" }, text: "nodes are connected to" },
  input: null,
});

export const heldCallOf = (key: string, reason: string): HeldFailure => ({
  kind: "job",
  key,
  name: "test/job",
  input: "",
  where: { jobId: 1, node: "n1", log: null },
  reason,
  summary: reason,
  why: reason,
  lastLines: [],
  version: "1",
  remedy: { changes: {}, words: "" },
});

/** A run in `<folder>/out`; it lists the calls that are in `open`. */
export class PlayedRun implements AsyncDisposable {
  readonly id = "q7RkW";
  readonly dir: string;
  readonly logDir: string;
  readonly events = new RunEvents();
  readonly open = new Map<string, CallReport>();
  stops = 0;
  readonly #log = new DisposableStack();
  #server: RunServer | undefined;

  constructor({ path }: TestFolder) {
    this.dir = join(path, "out");
    this.logDir = join(this.dir, "logs", "2026-11", this.id);
    mkdirSync(this.logDir, { recursive: true, mode: 0o700 });
    this.#log.use(logEvents(this.events, this.logDir));
  }

  get database(): string {
    return join(this.dir, "results.sqlite");
  }

  /** How it is found by who asks. */
  get found(): FoundRun {
    const [found] = runsIn(this.dir);
    if (found === undefined) throw new Error("The run is not found");
    return found;
  }

  /** Begins to answer; `past` was told before. */
  async serve(past: readonly RunEvent[] = []): Promise<string> {
    const at = new Date();
    const { id, database, logDir, events } = this;
    this.#server = await serveRun({
      id,
      database,
      logDir,
      past: past.map((event) => ({ at, event })),
      events,
      calls: () => this.#calls,
      holds: () => holdDesk(new HoldFiles(this.dir)),
      tellCounts: () => this.events.emit(COUNTS),
      maps: () => [{ name: "roots", results: 3, newestAt: null }],
      stop: () => {
        this.stops += 1;
        return { goesOn: null };
      },
    });
    return this.#server.socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#log[Symbol.dispose]();
    await this.#server?.[Symbol.asyncDispose]();
  }

  readonly #calls: OpenCalls = {
    list: (most) => ({ calls: [...this.open.values()].slice(0, most), total: this.open.size }),
    find: (id) => this.open.get(id),
    cancel: (id) => this.open.delete(id),
  };
}

export const STARTED: RunEvent = { type: "run-started", programId: "q7RkW", database: "d", logDir: "l" };
export const NODE: RunEvent = { type: "node-ready", node: "n1", cpus: 4, pinned: true, note: null };
export const COUNTS: RunEvent = {
  type: "counts",
  functions: [
    { name: "f", waiting: 3, loading: 0, running: 1, done: 4, failed: 0, cancelled: 0, retried: 0, toCome: 2 },
  ],
  remembered: 0,
  removed: 0,
  waitingFor: { kind: "no-cpus-free", cpus: 2, mostIdle: 1 },
};
export const FAILED: RunEvent = {
  type: "call-failed",
  functionName: "test/call",
  node: "n1",
  attempt: 1,
  reason: "threw",
  message: "test/call failed on n1\n  RangeError: no\u001b[31m!",
};
