/**
 * How a worker ends by itself. It begins no call any more, and says so at once, with who brought it about: otherwise its
 * head takes it for one that is free, and the next call for the one that has killed it. An error that nobody caught, and
 * an exit, belong to the call whose code it is, which may have been answered long before.
 *
 * Slurm sends its signals to every process of a job, its head among them, which decides what they mean: running calls get their
 * grace. So a worker in a call goes on, until its agent kills it. SIGUSR1 is never heard (head/program-file.ts).
 *
 * A worker that is killed, or aborts, has no last words; what is made of that is told in head/sent-calls.ts and job's spared.ts.
 */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers";
import { inspect } from "node:util";
import { BROKEN_EXIT_CODE, decodeValue, type WorkerEnding } from "@hyperion-ts/wire";
import { callHere } from "./call-origin.ts";
import { UnsureCodeError } from "./function-files.ts";
import type { RunningCall } from "./running-call.ts";
import { endedByModule } from "./why-not-loaded.ts";

/** Signals of the batch system. */
const LEFT_TO_THE_HEAD = ["SIGINT", "SIGHUP", "SIGUSR2"] as const;
/** The exit code of a worker that can't be trusted any more (EX_SOFTWARE of sysexits.h). */
const EXIT_CODE = 70;
const MAX_SHOWN = 300;
/** A call may have replaced it when it is needed. */
const exit = process.exit.bind(process);

/** What is to be known of the worker, and how it speaks. */
export interface EndingWorker {
  /** The call that runs. */
  readonly running: RunningCall | undefined;
  /** How many calls it has begun. */
  readonly begun: number;
  /** What fails in our own code since a call has changed built-in functions. */
  damage(): Error | undefined;
  /** Sends it at once, behind the results that are ready. */
  tell(ending: WorkerEnding): void;
  /** Sends what is ready. */
  flush(): void;
  /** Prints it to the log, as a part of this call. */
  print(error: unknown, call: RunningCall | undefined): void;
}

/** What a worker says when it ends by itself. */
export class LastWords {
  readonly #worker: EndingWorker;
  #said = false;

  /** Listens for errors that nobody catches, for exits and for signals. */
  constructor(worker: EndingWorker) {
    this.#worker = worker;
    process.on("uncaughtException", (error) => this.#uncaught(error));
    process.on("unhandledRejection", (error) => this.#uncaught(error));
    process.on("exit", (code) => this.#exits(code));
    hearSignals(
      () => worker.running === undefined || worker.running.aborted,
      () => this.#say("unknown", "SIGTERM"),
    );
  }

  /** Whether it ends: no call may begin any more. */
  get said(): boolean {
    return this.#said;
  }

  /** Our own code has failed while `call` ran, or behind it, or between calls; or what was loaded for `call` is not known. */
  broken(error: unknown, call = this.#worker.running): void {
    if (this.#worker.damage() !== undefined) return this.#leave(error, call);
    this.#end(() => {
      // A call whose function was not loaded has not begun: nothing of it has run.
      if (error instanceof UnsureCodeError) this.#say("worker", error.message, this.#worker.begun - 1);
      else this.#say("worker", `hyperion-ts's own code failed in it: ${messageOf(error)}`);
      this.#worker.print(error, call);
    });
  }

  /** Calls have changed the built-in functions that our own code needs. What it sent now could be anything: its exit code and its log have to say all. */
  #leave(error: unknown, call: RunningCall | undefined): void {
    this.#said = true;
    try {
      const when = call === undefined ? "" : ` in or after ${describe(call)}`;
      writeSync(
        2,
        `\nthe runtime's built-in functions were changed${when} so that hyperion-ts's own code fails: ${messageOf(error)}\n`,
      );
    } finally {
      exit(BROKEN_EXIT_CODE);
    }
  }

  /** The process can't be trusted after an error that nobody caught. */
  #uncaught(error: unknown): void {
    const { running, begun } = this.#worker;
    // An earlier call may have left the built-in functions like that.
    if (begun > 1 && this.#worker.damage() !== undefined) return this.broken(error);
    const call = callHere() ?? running;
    this.#end(() => {
      this.#blame(call, `left something behind that threw ${headline(error)}`);
      if (call === running) running?.fail("uncaught", error);
      this.#worker.print(error, call);
    });
  }

  #exits(code: number): void {
    if (this.#said) return;
    try {
      const { running } = this.#worker;
      const imports = running?.evaluates === false ? running : undefined;
      const call = callHere() ?? imports;
      this.#blame(call, `left something behind that ended the process with code ${code}`);
      // In every other worker it would do the same.
      if (imports !== undefined && call === imports)
        imports.fail("module-failed", endedByModule(imports.functionName, code));
      this.#worker.flush();
    } catch {
      // It ends in any case.
    }
  }

  #blame(call: RunningCall | undefined, deed: string): void {
    if (call === undefined) this.#say("unknown", "");
    else if (call === this.#worker.running) this.#say("runs", "");
    else this.#say("answered", `${describe(call)} had been answered, and ${deed}`);
  }

  #say(cause: WorkerEnding["cause"], why: string, begun = this.#worker.begun): void {
    if (this.#said) return;
    this.#said = true;
    // What runs is made again elsewhere: an answer from here would come too late, or be wrong.
    if (cause === "answered" || cause === "worker") this.#worker.running?.silence();
    this.#worker.tell({ type: "ending", begun, cause, why });
  }

  #end(speak: () => void): void {
    try {
      speak();
      this.#worker.flush();
      // What was sent is on its way then.
      setImmediate(() => exit(EXIT_CODE));
    } catch (error) {
      this.#leave(error, this.#worker.running);
    }
  }
}

/** A call, for people. */
const describe = ({ id, functionName, input }: RunningCall): string =>
  `a call of ${functionName} (#${id}${input === undefined ? "" : show(input)})`;

function show(input: Buffer): string {
  try {
    return `, input ${shorten(inspect(decodeValue(input), { breakLength: Number.POSITIVE_INFINITY, depth: 3 }))}`;
  } catch {
    return "";
  }
}

/** What was thrown, in one line, and where. */
function headline(error: unknown): string {
  if (!(error instanceof Error)) return shorten(inspect(error, { breakLength: Number.POSITIVE_INFINITY }));
  const place = error.stack?.split("\n").find((line) => /^\s+at /.test(line) && !line.includes("node:"));
  return shorten(`${error.name}: ${error.message}${place === undefined ? "" : ` (${place.trim()})`}`);
}

const messageOf = (error: unknown): string => shorten(error instanceof Error ? error.message : String(error));

const shorten = (text: string): string => (text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`);

/** Hears signals; SIGTERM ends this process, after `ends`, while `mayEnd` says that nothing is lost by it. */
function hearSignals(mayEnd: () => boolean, ends: () => void): void {
  for (const signal of LEFT_TO_THE_HEAD) process.on(signal, () => undefined);
  const terminated = (): void => {
    if (!mayEnd()) return;
    ends();
    process.off("SIGTERM", terminated);
    process.kill(process.pid, "SIGTERM");
  };
  process.on("SIGTERM", terminated);
}
