/**
 * Which job decides by itself who computes. A job that is the only one asks about keys that nobody else wants, and it is most of
 * what a short call costs; so the program's database tells it that it is the sole one, and of which keys it has to ask all the
 * same: those of rows that the job has not read, and those that the program itself computes. It then asks of no other key, and
 * tells nothing.
 *
 * As soon as anybody else would compute something, the job is told that it is not the sole one any more, and they wait until it has said
 * what it computes, and until its rows up to then are here: it may have computed the key, and may be doing so. They
 * wait for that over a cut of its channel too, until the job says it on the next one, or is taken for lost.
 */
import type { FromArbiter } from "./claim-messages.ts";
import type { FilePosition, RowName } from "./file-position.ts";
import { SingleFlight } from "./single-flight.ts";

/** Who is no sole job for so many keys costs less by asking. */
const MOST_KEYS = 10_000;
const ASKS_BETWEEN = 64;

/** A job's database that asks. */
export interface Asker {
  /** The name by which its rows are taken in; undefined where that is not known, and it is never the sole one. */
  readonly source: string | undefined;
  /** Tells it something. What it can't be told, it hears on its next channel. */
  readonly say: (message: SoleWord) => void;
}

/** What a job is told of it. */
export type SoleWord = Extract<FromArbiter, { readonly type: "sole" | "several" | "elsewhere" }>;

/** The database that the jobs ask, as far as this matters. Throws where it can't be read. */
export interface AskedDatabase {
  /** How far it is written. */
  readonly position: () => FilePosition;
  /** Its rows behind a position of it, `most` at most. */
  readonly rowsBehind: (position: FilePosition, most: number) => readonly RowName[];
  /** Whether all rows of a source up to this one are in it. */
  readonly hasRowsOf: (source: string, upTo: FilePosition) => boolean;
  /** A job that has told all that it computes asks so often before it is the sole one again. Default 64: each of these claims may be told of but once. */
  readonly asksBetween?: number;
}

/** What is known of a job that has begun to ask. */
interface Known {
  /** It has read the rows of the asked database up to here; undefined: none. */
  read: FilePosition | undefined;
  /** It has told all that it computes, and hears what is said. */
  isReady: boolean;
  asksToCome: number;
}

/** The right of one job to decide. */
interface Right {
  readonly asker: Asker;
  /** Whether the job does not use it any more, or is told so. */
  isEnding: boolean;
  /** The job's rows up to here have to come. */
  upTo: FilePosition | undefined;
}

/** Of the jobs that ask one database. */
export class SoleJob {
  readonly #database: AskedDatabase;
  /** The keys that are computed by none of the jobs. */
  readonly #ownKeys: () => Iterable<RowName>;
  readonly #askers = new Map<Asker, Known>();
  readonly #waiting = new SingleFlight<never>();
  #waitCount = 0;
  #right: Right | undefined;

  constructor(database: AskedDatabase, ownKeys: () => Iterable<RowName>) {
    this.#database = database;
    this.#ownKeys = ownKeys;
  }

  /** A job speaks on a new channel: what it is told on an earlier one it has not heard. */
  begun(asker: Asker): void {
    const { asksToCome } = this.#askers.get(asker) ?? { asksToCome: 0 };
    this.#askers.set(asker, { read: undefined, isReady: false, asksToCome });
    if (this.#right?.asker === asker) this.#right.isEnding = true;
    else this.#end();
  }

  /** A job has read this database up to there. */
  read(asker: Asker, position: FilePosition): void {
    const known = this.#askers.get(asker);
    if (known === undefined) return;
    known.read = position;
    if (known.isReady) this.#consider(asker, known);
  }

  /** A job has told all that it computes; its rows are those up to `position`. */
  toldAll(asker: Asker, position: FilePosition): void {
    const known = this.#askers.get(asker);
    if (known === undefined) return;
    known.isReady = true;
    const right = this.#right;
    if (right?.asker === asker) {
      right.isEnding = true;
      right.upTo = position;
      this.#lookForRows(right);
    }
    if (!this.#consider(asker, known)) asker.say({ type: "several" });
  }

  /** A job asks. */
  asked(asker: Asker): void {
    const known = this.#askers.get(asker);
    if (known === undefined) return;
    known.asksToCome -= 1;
    this.#consider(asker, known);
  }

  /** Nobody knows whether the job is there: others need not wait for what it would say. It may speak again. */
  released(asker: Asker): void {
    if (this.#right?.asker !== asker) return;
    this.#end();
    this.#over();
  }

  /** The job has ended. */
  left(asker: Asker): void {
    this.released(asker);
    this.#askers.delete(asker);
  }

  /** A row has come in, of the source of that name, or of nobody's. */
  rowCame(map: string, key: string, source?: string): void {
    const right = this.#right;
    if (right === undefined) return;
    if (source === undefined || source !== right.asker.source)
      right.asker.say({ type: "elsewhere", keys: [[map, key]] });
    else this.#lookForRows(right);
  }

  /** Whether this asker, or else the program itself, has to wait before it computes something, because another one decides. */
  mustWait(asker: Asker | undefined): boolean {
    if (this.#right === undefined || this.#right.asker === asker) return false;
    this.#end();
    return true;
  }

  /** Waits until no job decides. Rejects with the signal's reason when that aborts. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    this.#waitCount += 1;
    try {
      if (this.#right !== undefined) await this.#waiting.wait(RIGHT, signal);
    } finally {
      this.#waitCount -= 1;
    }
  }

  /** Nobody waits any more. */
  close(): void {
    this.#over();
    this.#askers.clear();
  }

  /** Gives the right to a job that is alone, if it is worth that. */
  #consider(asker: Asker, { read, isReady, asksToCome }: Known): boolean {
    if (this.#right !== undefined || this.#waitCount > 0 || asker.source === undefined) return false;
    if (!isReady || read === undefined || asksToCome > 0 || this.#askers.size > 1) return false;
    const keys = this.#keysToAsk(read);
    if (keys === undefined) return false;
    const known = this.#askers.get(asker);
    if (known !== undefined) known.read = this.#database.position();
    this.#waiting.claim(RIGHT);
    this.#right = { asker, isEnding: false, upTo: undefined };
    asker.say({ type: "sole", keys });
    return true;
  }

  /** Those that the job may not decide on; undefined where they are too many. */
  #keysToAsk(read: FilePosition): readonly RowName[] | undefined {
    if (read.fileId !== this.#database.position().fileId) return undefined;
    const keys = [...this.#database.rowsBehind(read, MOST_KEYS + 1), ...this.#ownKeys()];
    return keys.length > MOST_KEYS ? undefined : keys;
  }

  /** Has the job tell what it computes. */
  #end(): void {
    if (this.#right === undefined || this.#right.isEnding) return;
    this.#right.isEnding = true;
    const { asker } = this.#right;
    const known = this.#askers.get(asker);
    if (known !== undefined) known.asksToCome = this.#database.asksBetween ?? ASKS_BETWEEN;
    asker.say({ type: "several" });
  }

  #lookForRows({ asker: { source }, upTo }: Right): void {
    if (upTo === undefined || source === undefined) return;
    if (this.#database.hasRowsOf(source, upTo)) this.#over();
  }

  #over(): void {
    if (this.#right === undefined) return;
    this.#right = undefined;
    this.#waiting.reopen(RIGHT);
  }
}

/** The one thing that is waited for. */
const RIGHT = "";
