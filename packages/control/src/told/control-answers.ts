/**
 * Everything that a run's control interface takes and gives, so that whoever writes a client reads little else (what calls and
 * workers cost is in cost-answers.ts). It is
 * HTTP/1.1 on a unix socket; all answers are JSON (an error's too: `ControlFailure`), all changes are POSTs without a body.
 *
 *     GET  /                  RunReport; as text with `Accept: text/plain` (?columns=80&rows=24&colour=1)
 *     GET  /run               RunIdentity
 *     GET  /calls             CallList: calls that are open; ?most=100
 *     GET  /calls/17          CallReport
 *     GET  /slowest           EndedCall[]: calls that ran longest, the longest first; ?most=100
 *     GET  /failures          FailureReport[]: what failed last
 *     GET  /workers           WorkerReport[]: those that live
 *     GET  /usage             UsageReport: what the workers and their nodes use now; they are asked for it
 *     GET  /results           ResultsReport: the maps of the database, and how many results each has
 *     GET  /jobs/4711/calls   what the head of a Slurm job answers to `GET /calls`, through the program's link to it; likewise all but /events
 *     GET  /events            the run's events from now on, a line of JSON each, as in its log, until either end closes
 *     GET  /holds             Hold[]: failed calls that wait for a person, the oldest first
 *     POST /stop              StopAnswer: no call begins any more, those that run are ended; ?jobs=1: its Slurm jobs are cancelled, too
 *     POST /calls/17/cancel   CallReport, as it was: the call ends, its caller gets an error; a call in a Slurm job of its own also
 *                             goes by the id of that
 *     POST /holds/3Fa/retry   Hold, as it is then: the call is made again; ?mem=16G&time=4:00:00&exclude=n3&partition=long&account=a&qos=q&cpus=4&nodes=2
 *     POST /holds/3Fa/cancel  Hold, likewise: its caller gets the error
 *     POST /holds/retry       Hold[]: all that nobody has decided on; ?like=3Fa: that failed for the same reason; and as above
 *
 *     curl --unix-socket /tmp/hyperion-ts-1000/q7RkW-1f03a9.sock http://run/calls
 *
 * Answers only grow: a client leaves out what it does not know.
 */
import type { CallFailureKind, CallWaitReason, FunctionCounts, RunPhase, SlurmJobNews } from "@hyperion-ts/progress";

/** Which run it is, and where. Written into its log directory, too (`control.json`). */
export interface RunIdentity {
  /** Names the run: `"q7RkW"`. */
  readonly id: string;
  /** The machine on which the program runs, as it calls itself. */
  readonly host: string;
  /** The program's process there. */
  readonly pid: number;
  /** The program's file and arguments. */
  readonly command: readonly string[];
  /** Its working directory. */
  readonly directory: string;
  /** When it began: ISO 8601, by that machine's clock. */
  readonly startedAt: string;
  /** The file of the results database. */
  readonly database: string;
  /** The directory of this run's log files. */
  readonly logDir: string;
}

/** How the calls of one function go. */
export interface FunctionReport extends FunctionCounts {
  /** Calls that end in a second, of late; 0 where that can't be told. */
  readonly perSecond: number;
  /** Until all calls that are expected have ended, at this rate; null where that can't be told. */
  readonly secondsLeft: number | null;
}

/** A node that works. */
export interface NodeReport {
  /** Its name. */
  readonly name: string;
  /** How many CPUs of it are the run's. */
  readonly cpus: number;
}

/** Why calls wait: as data, and in a clause. */
export interface WaitReport {
  /** What the wait is for; null where only the words are known. */
  readonly reason: CallWaitReason | null;
  /** `"no node has 8 CPUs idle (the most is 3)"`. */
  readonly text: string;
  /** When it ends, in a clause, where the reason does not say so: `"Slurm starts it; no limit"`. */
  readonly until?: string;
}

/** The Slurm job that a program on a login node has for one of its calls. */
export interface SlurmJobReport extends SlurmJobNews {
  /** How long it has been in its state. */
  readonly forSeconds: number;
}

/** A run at one moment. */
export interface RunReport {
  /** The version of these answers. */
  readonly version: 1;
  /** Which run. Only the id, database and log directory of a run that has left no more. */
  readonly run: RunIdentity | Pick<RunIdentity, "id" | "database" | "logDir">;
  /** `program`: by itself, just now; `log`: read out of what it has written. */
  readonly toldBy: "program" | "log";
  /** `running`, `interrupted`, `ended`; `lost`: it was killed, or its machine, and nobody wrote down its end. */
  readonly phase: RunPhase | { readonly kind: "lost" };
  /** From its begin to now, or to its end. */
  readonly seconds: number;
  /** In the order of their first calls. */
  readonly functions: readonly FunctionReport[];
  /** How many results were found in the database. */
  readonly remembered: number;
  /** How many results were removed from it. */
  readonly removed: number;
  /** What the first of the waiting calls waits for; null: none waits. */
  readonly waiting: WaitReport | null;
  /** The nodes that work. */
  readonly nodes: readonly NodeReport[];
  /** How many nodes are being connected to. */
  readonly nodesConnecting: number;
  /** How many nodes were lost. */
  readonly nodesLost: number;
  /** How many workers live, and have lived. */
  readonly workers: { readonly living: number; readonly started: number };
  /** Empty for a run that has no Slurm jobs. */
  readonly slurmJobs: readonly SlurmJobReport[];
  /** How many calls failed for good; the last of them are in `/failures`. */
  readonly failures: number;
}

/**
 * Where an open call is: `waiting` for CPUs; `starting`: it has them, its worker comes up; `ahead`: sent to its worker behind
 * others; `loading`: its worker imports the module; `running`; `ending`: asked to end.
 */
export type CallStage = "waiting" | "starting" | "ahead" | "loading" | "running" | "ending";

/** An attempt at a call that has not ended. */
export interface CallReport {
  /** Names it in this run: `"17"`. Another attempt has another. */
  readonly id: string;
  /** The name that `defineRemote` was given; of a call that waits for a value, the name of its map. */
  readonly functionName: string;
  /** Where it is. */
  readonly stage: CallStage;
  /** For so long: running ones since they began, others since they were wanted. */
  readonly forSeconds: number;
  /** 1 for the first; null: not known before it has a worker. */
  readonly attempt: number | null;
  /** Of another attempt than the first: what the one before it ended with. */
  readonly again?: string;
  /** How many CPUs it asks for; 0: none, it waits for a value. */
  readonly cpus: number;
  /** The node that it is on; null while it has none. */
  readonly node: string | null;
  /** Ids of that node. */
  readonly cpuIds: readonly number[];
  /** The path of its worker's log file; null while it has none. */
  readonly logFile: string | null;
  /** What it waits for; null: it runs. */
  readonly waiting: WaitReport | null;
  /** What it was called with, in a few characters; null before it is sent. */
  readonly input: string | null;
  /** Slurm's id of the job that it has for itself; null: it has none yet. Absent for a call on CPUs of the run. */
  readonly slurmJob?: number | null;
}

/** Open calls: those with a worker first, the longest first; then the others, in the order in which they will be served. */
export interface CallList {
  /** As many as were asked for. */
  readonly calls: readonly CallReport[];
  /** How many there are. */
  readonly total: number;
}

/** A call that failed for good. */
export interface FailureReport {
  /** Names it in this run: `"f3"`. */
  readonly id: string;
  /** When: ISO 8601. */
  readonly at: string;
  /** The name that `defineRemote` was given. */
  readonly functionName: string;
  /** Where; empty where it found no node. */
  readonly node: string;
  /** The attempt that failed last. */
  readonly attempt: number;
  /** How, by one word. */
  readonly reason: CallFailureKind;
  /** All that is known of it: what was thrown, the input, the log file. */
  readonly message: string;
}

/** A worker that lives. */
export interface WorkerReport {
  /** Its id, unique in all runs; its log file has that name. */
  readonly id: string;
  /** Its node. */
  readonly node: string;
  /** The process there. */
  readonly pid: number;
  /** Ids of that node. */
  readonly cpuIds: readonly number[];
  /** The path of its log file, on that node. */
  readonly logFile: string;
}

/** A map of results. */
export interface MapReport {
  /** The name that `keyValMap` was given. */
  readonly name: string;
  /** How many keys have a value. */
  readonly results: number;
  /** When the newest was stored: ISO 8601; null where that was not written down. */
  readonly newestAt: string | null;
}

/** What a run has stored. The rows are read from the file, without the run: `openResults({ path, readOnly: true })`. */
export interface ResultsReport {
  /** The path of the file. */
  readonly database: string;
  /** Its maps, by name. */
  readonly maps: readonly MapReport[];
}

/** What follows from `/stop`. */
export interface StopAnswer {
  /** What goes on without the program, in a sentence; null: nothing. */
  readonly goesOn: string | null;
  /** Slurm's ids of the jobs that are cancelled with it; absent where that was not asked for. */
  readonly cancels?: readonly number[];
}

/** Why a request was refused. */
export interface ControlFailure {
  /** One word: `not-found`, `no-calls`, `no-workers`, `no-cpus`, `bad-request`, `failed`. */
  readonly code: string;
  /** In a sentence. */
  readonly message: string;
}
