/**
 * What a job's database and its arbiter, the program's database, say to each other: JSON values, in lists, because what is
 * said within one turn of the event loop goes together. A job never says a value: values are rows of its database, which the
 * program takes in by its own ways.
 *
 * ```
 * job                       program
 *  begin               ──►           once on each channel; then a `hold` for each claim, each `end` that was not `noted`, and
 *  all                 ──►           that this was all
 *                      ◄──  several  others ask too (or sole: see below); questions come behind that
 *  ask 1               ──►
 *                      ◄──  yours 1  or, at once or when others are done, found 1, failed 1, alone 1
 *  end 1 stored        ──►
 *                      ◄──  noted 1
 * ```
 *
 * **In whichever order.** Rows come by another way than `end`. Either may be first, come after a cut, or come twice. A row of
 * a claimed key wakes those who wait for it, and they take it; the claim itself ends with `end`. A claim that has ended `stored`,
 * and whose row is not here, stays until that comes, or its job has ended. So nobody computes what has been computed, and nobody
 * waits for a row that nobody will bring.
 *
 * **The sole job** (sole-job.ts) decides by itself, and tells nothing:
 *
 * ```
 *  read                ──►           what it has read of the program's database
 *                      ◄──  sole     with the keys that it has to ask of all the same; `elsewhere` names more of them
 *                      ◄──  several  others ask too
 *  hold, ..., all      ──►           what it holds, and how far its rows have come; then as above
 * ```
 *
 * **After a cut** the job says again what it holds and how claims have ended, so a message of an id may come twice. Ids are
 * the job's, and count up as long as its process lives.
 */
import { showValue } from "@hyperion-ts/bounds";
import type { FilePosition, RowName } from "./file-position.ts";

/** How a claim ended. */
export type ClaimEnd =
  /** The row is in the job's database. */
  | { readonly how: "stored" }
  /** The function failed; `error` is what the error codec made of it. */
  | { readonly how: "failed"; readonly error: unknown }
  /** Nobody computes it any more, or waits for it. */
  | { readonly how: "released" };

/** A question about a key, or a claim on it. */
interface OfKey {
  readonly id: number;
  /** The map's name. */
  readonly map: string;
  /** The key's canonical JSON. */
  readonly key: string;
}

/** Which values count, as in `ClaimOptions`, judged by the program's code. */
interface OfValues {
  readonly code: "any" | "same";
}

/** What a job's database says. */
export type ToArbiter =
  /** The first message on a channel. `asker` is a name that no other process has; claims of an earlier asker of the session fall. */
  | { readonly type: "begin"; readonly asker: string }
  /** Who computes this? */
  | ({ readonly type: "ask" } & OfKey & OfValues)
  /** It is computed here, whoever else does so. No answer. */
  | ({ readonly type: "hold" } & OfKey & OfValues)
  /** An ask, or a claim, has ended. */
  | ({ readonly type: "end"; readonly id: number } & ClaimEnd)
  /** Is there a row? Only `found`, `none` or `alone` answer. */
  | ({ readonly type: "look" } & OfKey)
  /** The rows of the arbiter's database up to here are known to the job, without those that are removed by now. */
  | ({ readonly type: "read" } & FilePosition)
  /** All that it holds has been told. Its own rows are those up to here. `sole` or `several` answers. */
  | ({ readonly type: "all" } & FilePosition);

/** What the arbiter says; `id` is that of the ask, look or end. */
export type FromArbiter =
  /** The job decides who computes all but these keys. */
  | { readonly type: "sole"; readonly keys: readonly RowName[] }
  /** Of these keys the sole job has to ask, too. */
  | { readonly type: "elsewhere"; readonly keys: readonly RowName[] }
  /** The job is to ask of each key. If it has decided itself up to now, it tells what it holds. */
  | { readonly type: "several" }
  | {
      readonly type: "found";
      readonly id: number;
      /** The value's text, as in its row. */
      readonly value: string;
      /** Remote functions, with the hashes of the code that the value was computed with. */
      readonly codes: Readonly<Record<string, string>>;
    }
  /** No such row. */
  | { readonly type: "none"; readonly id: number }
  /** The claim is the asker's. */
  | { readonly type: "yours"; readonly id: number }
  /** The function failed elsewhere. */
  | { readonly type: "failed"; readonly id: number; readonly error: unknown }
  /** The asker may compute it, whoever else does: the program computes it itself, for which it is not to wait, or its database is closed or lost. */
  | { readonly type: "alone"; readonly id: number }
  /** An `end` has arrived, and need not be said again. */
  | { readonly type: "noted"; readonly id: number };

/**
 * Reads what came out of a channel from a job.
 *
 * @throws TypeError when it is no list of such messages
 */
export const readToArbiter = (messages: unknown): readonly ToArbiter[] => readList(messages, isToArbiter);

/**
 * Reads what came out of a channel from the arbiter.
 *
 * @throws TypeError when it is no list of such messages
 */
export const readFromArbiter = (messages: unknown): readonly FromArbiter[] => readList(messages, isFromArbiter);

type Fields = Readonly<Record<string, unknown>>;

function isToArbiter(message: unknown): message is ToArbiter {
  if (!isObject(message)) return false;
  switch (message["type"]) {
    case "begin":
      return isText(message["asker"]);
    case "ask":
    case "hold":
      return isOfKey(message) && (message["code"] === "any" || message["code"] === "same");
    case "look":
      return isOfKey(message);
    case "end":
      return isId(message["id"]) && isEnd(message);
    case "read":
    case "all":
      return isText(message["fileId"]) && isId(message["rowid"]);
    default:
      return false;
  }
}

function isFromArbiter(message: unknown): message is FromArbiter {
  if (!isObject(message)) return false;
  switch (message["type"]) {
    case "sole":
    case "elsewhere":
      return isKeys(message["keys"]);
    case "several":
      return true;
    case "found":
      return isId(message["id"]) && isText(message["value"]) && isCodes(message["codes"]);
    case "failed":
      return isId(message["id"]) && "error" in message;
    case "none":
    case "yours":
    case "alone":
    case "noted":
      return isId(message["id"]);
    default:
      return false;
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isId = (value: unknown): boolean => Number.isSafeInteger(value);
const isOfKey = ({ id, map, key }: Fields): boolean => isId(id) && isText(map) && isText(key);
const isEnd = (message: Fields): boolean =>
  message["how"] === "stored" || message["how"] === "released" || (message["how"] === "failed" && "error" in message);
const isKeys = (value: unknown): boolean =>
  Array.isArray(value) && value.every((row) => Array.isArray(row) && row.length === 2 && row.every(isText));
const isCodes = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText);

function readList<Message>(messages: unknown, isOne: (message: unknown) => message is Message): readonly Message[] {
  if (!Array.isArray(messages)) throw new TypeError(`Claims: ${showValue(messages)} is no list of messages`);
  const list: readonly unknown[] = messages;
  if (list.every(isOne)) return list;
  const wrong = list.find((message) => !isOne(message));
  throw new TypeError(`Claims: ${JSON.stringify(wrong)?.slice(0, 200)} is no message of this direction`);
}
