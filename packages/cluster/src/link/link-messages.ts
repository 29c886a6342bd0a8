/**
 * What a program and the head of one of its Slurm jobs tell each other while they are connected (`link-stream.ts`):
 *
 * ```
 * head ── FromHead ───► program     the head greets; then one message after the other, and signs of life both ways
 *      ◄─ FromProgram ─
 * ```
 *
 * Nothing of it is more than news: the files of the job directory say the same, a while later. So any message may be lost with
 * the link, and the next link begins anew with what each end has by then.
 */
import { type Rules, checkOptions, flag, oneOf, text, whole } from "@hyperion-ts/bounds";
import type { Answer, Question } from "@hyperion-ts/control";
import type { RowBatch } from "@hyperion-ts/results";
import { rowBatchOf } from "@hyperion-ts/results/row-batch";
import type { CallsOfHead } from "../directory/job-record.ts";

/** Raised whenever a message changes its meaning; both ends must agree. */
export const LINK_VERSION = 3;

/** What the head says. */
export type FromHead =
  /** First: which head this is. */
  | {
      readonly type: "hello";
      /** The head's `LINK_VERSION`. */
      readonly version: number;
      /** The id of the job directory. */
      readonly id: string;
      /** The number of the submission, from 1 on. */
      readonly submission: number;
    }
  /** Rows of the job's database, once they are committed; `number` counts them on this link, from 1 on. */
  | { readonly type: "rows"; readonly number: number; readonly batch: RowBatch }
  /** How far the job is. */
  | { readonly type: "counts"; readonly calls: CallsOfHead }
  /** How the job ended: the bytes of its `outcome` file. The head's last word, behind all rows. */
  | { readonly type: "outcome"; readonly bytes: Uint8Array }
  /** What the head's own control interface answers to the question of that number. */
  | ({ readonly type: "answer"; readonly number: number } & Answer)
  | ClaimWords;

/** What the program says. */
export type FromProgram =
  /** First: what the program has of the job's rows, by the id of the database file; rows behind these are sent. */
  | {
      readonly type: "attach";
      /** The program's `LINK_VERSION`. */
      readonly version: number;
      /** The id of the job directory. */
      readonly id: string;
      readonly positions: ReadonlyMap<string, bigint>;
    }
  /** The rows up to this number are in the program's database, on its disk. */
  | { readonly type: "taken"; readonly number: number }
  /** Nobody wants the job any more: it is to end in order, now. `reason` is for people. */
  | { readonly type: "abort"; readonly reason: string }
  /** A person asks, or wants a change: of the head's own calls, say. `number` counts the questions on this link, from 1 on. */
  | ({ readonly type: "ask"; readonly number: number } & Required<Question>)
  | ClaimWords;

/** What the job's database and the program's say to each other of equal calls: their own messages, which they check. */
export interface ClaimWords {
  readonly type: "claims";
  readonly messages: unknown;
}

/**
 * What the head has sent.
 *
 * @throws TypeError or RangeError that says what is wrong with it
 */
export function fromHead(value: unknown): FromHead {
  const message = messageOf(value);
  switch (message["type"]) {
    case "hello":
      return checked<Extract<FromHead, { type: "hello" }>>(message, {
        version: whole(1),
        id: text,
        submission: whole(1),
      });
    case "rows":
      whole(1)(message["number"], `${PLACE}: number`);
      return { type: "rows", number: Number(message["number"]), batch: rowBatchOf(message["batch"]) };
    case "counts":
      return { type: "counts", calls: callsOf(message["calls"]) };
    case "outcome":
      return { type: "outcome", bytes: bytesOf(message["bytes"]) };
    case "answer":
      return checked<Extract<FromHead, { type: "answer" }>>(message, {
        number: whole(1),
        status: whole(100),
        isText: flag,
        body: text,
      });
    case "claims":
      return { type: "claims", messages: message["messages"] };
    default:
      throw unknownType(message, "hello", "rows", "counts", "outcome", "answer", "claims");
  }
}

/**
 * What the program has sent.
 *
 * @throws TypeError or RangeError that says what is wrong with it
 */
export function fromProgram(value: unknown): FromProgram {
  const message = messageOf(value);
  switch (message["type"]) {
    case "attach":
      return checked<Extract<FromProgram, { type: "attach" }>>(message, {
        version: whole(1),
        id: text,
        positions: positionsRule,
      });
    case "taken":
      return checked<Extract<FromProgram, { type: "taken" }>>(message, { number: whole(1) });
    case "abort":
      return checked<Extract<FromProgram, { type: "abort" }>>(message, { reason: text });
    case "ask":
      return checked<Extract<FromProgram, { type: "ask" }>>(message, {
        number: whole(1),
        method: oneOf("GET", "POST"),
        path: text,
        wantsText: flag,
      });
    case "claims":
      return { type: "claims", messages: message["messages"] };
    default:
      throw unknownType(message, "attach", "taken", "abort", "ask", "claims");
  }
}

const PLACE = "a message of a link";

type Message = Readonly<Record<string, unknown>>;

function messageOf(value: unknown): Message {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("What came over the link is no message");
  return value as Message;
}

/** A message all of whose parts are as the rules say. */
function checked<M extends { readonly type: string }>(message: Message, rules: Rules<Omit<M, "type">>): M {
  const all: Rules<object> = { type: text, ...rules };
  checkOptions<object>(PLACE, message, all);
  // A part that is left out would count as an option that is not set.
  for (const [name, rule] of Object.entries<(value: unknown, name: string) => void>(rules))
    rule(message[name], `${PLACE}: ${name}`);
  return message as unknown as M;
}

const COUNTS: Rules<CallsOfHead> = {
  done: whole(0),
  failed: whole(0),
  running: whole(0),
  waiting: whole(0),
  remembered: whole(0),
};

function callsOf(value: unknown): CallsOfHead {
  const calls = messageOf(value);
  for (const [name, rule] of Object.entries(COUNTS)) rule(calls[name], `${PLACE}: ${name}`);
  return calls as unknown as CallsOfHead;
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${PLACE}: what should be bytes is none`);
  return value;
}

function positionsRule(value: unknown, name: string): void {
  const isRight =
    value instanceof Map &&
    [...value].every(([fileId, rowid]) => typeof fileId === "string" && typeof rowid === "bigint");
  if (!isRight) throw new TypeError(`${name} must be a map of rows by file`);
}

function unknownType({ type }: Message, ...known: readonly string[]): unknown {
  oneOf(...known)(type, `${PLACE}: type`);
  return new TypeError(`${PLACE} has a type that this end does not know`);
}
