/**
 * Equal calls of several databases run once, as those of one database do: an arbiter says who computes. A job's database
 * asks it for what neither it nor the one behind it has. The arbiter is the program's database, at the other end of whatever
 * carries messages (claim-messages.ts): remote-arbiter.ts is the job's end of that, claim-session.ts the program's.
 *
 * An arbiter makes nothing certain. As without one, a value counts when the database that computed it has returned from its
 * COMMIT; and who can't ask, computes.
 */
import type { FilePosition } from "./file-position.ts";
import type { ClaimOptions } from "./results-store.ts";
import type { FoundValue } from "./row-finder.ts";

/** Who decides which one of equal calls, in several databases, computes a key's value. */
export interface Arbiter {
  /** Whether it can be asked now. */
  readonly isReachable: () => boolean;
  /** Whether it has to be asked of this key: not where it can't be, nor where the asker is the only one, and may decide by itself. */
  readonly isToBeAsked: (map: string, key: string) => boolean;
  /**
   * Asks for the value of a key, or the right to compute it. Where another database has that right, waits for what becomes
   * of it. An abort of `signal` ends the wait at once with its reason, and leaves nothing behind. Where the arbiter can't be
   * reached, now or while this waits, the answer is "compute".
   *
   * Rejects with the error of the function where that failed elsewhere while this waited.
   */
  readonly claim: (map: string, key: string, options: ClaimOptions) => Promise<ArbiterAnswer>;
  /** Tells that a key is computed here, whoever else computes it: nothing is asked. `code` says which values would have done. */
  readonly hold: (map: string, key: string, code: "any" | "same") => HeldClaim;
  /** The asker's own database is open, and is written as far as `position` says; undefined: it is closed. */
  readonly serves: (position: () => FilePosition | undefined) => void;
  /** The asker has read the arbiter's database up to there. */
  readonly hasRead: (position: FilePosition) => void;
  /** The newest value that the arbiter has of a key; undefined where it has none, or can't be reached. Rejects with the reason of `signal`. */
  readonly lookup: (map: string, key: string, signal?: AbortSignal) => Promise<FoundValue | undefined>;
}

/** What an arbiter answers to `claim`. */
export type ArbiterAnswer =
  /** The value, of a row that the arbiter has. */
  | { readonly kind: "found"; readonly found: FoundValue }
  /** The asker is to compute it, and to say how that ended. */
  | { readonly kind: "compute"; readonly held: HeldClaim };

/** A claim of this database at its arbiter. It ends with the first call of one of these; later ones do nothing. */
export interface HeldClaim {
  /** The value's row is in this database, after its COMMIT. Those who wait get it when the arbiter has that row. */
  readonly stored: () => void;
  /** The function failed: those who wait fail with the same error. */
  readonly fail: (error: unknown) => void;
  /** It is computed no more: the first of the waiting takes over. */
  readonly release: () => void;
}

/** Errors on their way between processes: `errorToData` and `errorFromData` of @hyperion-ts/wire are one. */
export interface ErrorCodec {
  /** What was thrown, as a JSON value. Must not throw. */
  readonly toData: (error: unknown) => unknown;
  /** What `toData` gave, as an error again. Must not throw. */
  readonly fromData: (data: unknown) => unknown;
}

/** How a database is an arbiter for another one. */
export interface ClaimSessionOptions {
  /** Carries what functions throw. */
  readonly errors: ErrorCodec;
  /**
   * Whether the other database waits for what this one's own program computes. Not where the program may compute that by a
   * job whose database the other one is: it would wait for itself. Default true.
   */
  readonly waitsForOwn?: boolean;
  /** The name by which the other database's rows are taken in here. Where it is left out, a job asks of each key, also when it is the only one. */
  readonly source?: string;
}

/** One direction of a channel: takes a list of messages, in JSON, for the other end's `receive`. Must not throw. */
export type SendMessages = (messages: readonly object[]) => void;

/**
 * One end of a channel that carries messages both ways, whole and in order, until it is cut. Closing it is for when it is cut: nothing
 * is sent on it then, and what comes out of it counts no more.
 */
export type ClaimChannel = Disposable & {
  /**
   * Takes what the other end has sent.
   *
   * @throws TypeError when that is no list of its messages; whoever carries them ends the channel then
   */
  readonly receive: (messages: unknown) => void;
};

/** An arbiter in another process. Channels to it come and go; without one it is not reachable. */
export interface RemoteArbiter extends Arbiter {
  /** A channel is expected within so many milliseconds: until then it counts as reachable, and questions wait for the channel. */
  readonly expect: (ms: number) => void;
  /** Messages go to the arbiter on a new channel from now on. An earlier one counts as cut. */
  readonly connect: (send: SendMessages) => ClaimChannel;
}

/**
 * What the program's database knows of the claims of one other database, that of a job. It outlives channels: claims stay
 * while one is cut. It is to be disposed of when the job has ended, after the last of its rows has been taken in, or when nobody
 * can know its end: then its claims fall, and the first of those who wait for each takes over.
 */
export interface ClaimSession extends Disposable {
  /** Answers go to the job on a new channel from now on. An earlier one counts as cut: who waited on it computes by itself. */
  readonly connect: (send: SendMessages) => ClaimChannel;
  /** Claims fall as with the session's end, and the session goes on: who has asked is lost, or stands still, and may come again. */
  readonly release: () => void;
}
