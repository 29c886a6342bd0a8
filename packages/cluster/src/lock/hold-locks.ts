/**
 * Takes the locks of some keys, all or none: who has to wait for one of them has none meanwhile, so that nobody waits for
 * somebody who waits for him.
 */
import { closeSync, constants, existsSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pause, steadyNowMs } from "@hyperion-ts/bounds";
import { privateFolder } from "@hyperion-ts/own-files";
import { type LockInTheWay, type OwnLock, readHolder, tryLock } from "@hyperion-ts/results/lock-file";
import type { SharesFolder } from "../across-jobs.ts";
import { sharedFolder } from "../program/own-folder.ts";
import { heldLock } from "./held-lock.ts";
import { HolderWatch } from "./holder-watch.ts";
import type { LockError } from "./lock-error.ts";
import type { LockKey } from "./lock-keys.ts";
import { ownHolder } from "./own-holder.ts";
import { Turns } from "./turns.ts";
import { waitingText } from "./waiting-text.ts";

/** Between two looks: as long as others have held the lock, about. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 2_000;
/** So long a lock is left to others who have asked for it: one look of theirs, and some. */
const LEFT_TO_OTHERS_MS = LONGEST_LOOK_MS + 500;
const LEFT_LOOK_MS = 50;
/** Who waits longer says for whom. */
const TOLD_AFTER_MS = 30_000;

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/** Who wants the locks. */
export interface LockRequest extends SharesFolder {
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Locks that are held until this is disposed of. */
export interface HeldLocks extends Disposable {
  /** Aborts with a LockError if one of them is lost. */
  readonly lost: AbortSignal;
}

const turns = new Turns();

/** Waits for the locks. @throws NotOursError; the file system's error; the signal's reason. */
export async function holdLocks(keys: readonly LockKey[], request: LockRequest): Promise<HeldLocks> {
  const folder = privateFolder(join(sharedFolder(request), "locks"));
  const lost = new AbortController();
  const onLost = (error: LockError): void => lost.abort(error);
  const wanted = keys.map((key) => new WantedLock(join(folder, key.file), key, request, onLost));
  for (let first = 0; ;) {
    using taken = new DisposableStack();
    for (const lock of wanted.slice(first, first + 1)) taken.use(await lock.wait());
    const busy = await firstBusy(wanted, first, taken);
    if (busy === undefined) {
      const all = taken.move();
      return { lost: lost.signal, [Symbol.dispose]: () => all.dispose() };
    }
    first = busy;
  }
}

/** Takes all locks but that at `has`; the first that is not free, where there is one. */
async function firstBusy(
  wanted: readonly WantedLock[],
  has: number,
  taken: DisposableStack,
): Promise<number | undefined> {
  for (const [at, lock] of wanted.entries()) {
    if (at === has) continue;
    const held = await lock.take();
    if (held === undefined) return at;
    taken.use(held);
  }
  return undefined;
}

/** One of the locks that somebody wants. */
class WantedLock {
  readonly #path: string;
  readonly #key: LockKey;
  readonly #request: LockRequest;
  readonly #lost: (error: LockError) => void;
  readonly #watch = new HolderWatch();

  constructor(path: string, key: LockKey, request: LockRequest, lost: (error: LockError) => void) {
    this.#path = path;
    this.#key = key;
    this.#request = request;
    this.#lost = lost;
  }

  /** The lock, if it is free. */
  async take(): Promise<Disposable | undefined> {
    if (!turns.tryTake(this.#path)) return undefined;
    using turn = this.#turn();
    const found = await this.#try();
    return found.kind === "own" ? this.#held(found, turn.move()) : undefined;
  }

  /** The lock, once it is free. */
  async wait(): Promise<Disposable> {
    await turns.take(this.#path, this.#request.signal);
    using turn = this.#turn();
    await this.#leaveToOthers();
    const lock = await this.#wait();
    return this.#held(lock, turn.move());
  }

  /** Gives the turn on when it is disposed of. */
  #turn(): DisposableStack {
    const turn = new DisposableStack();
    turn.defer(() => turns.give(this.#path));
    return turn;
  }

  /** The lock, and the turn with it. */
  #held(lock: OwnLock, turn: DisposableStack): Disposable {
    turn.use(heldLock(lock, this.#key, this.#lost));
    return turn;
  }

  async #wait(): Promise<OwnLock> {
    const { signal, log } = this.#request;
    using _asked = { [Symbol.dispose]: () => rmSync(this.#askedFor, { force: true }) };
    let told = false;
    for (let lookMs = FIRST_LOOK_MS; ;) {
      const found = await this.#try();
      if (found.kind === "own") return found;
      closeSync(openSync(this.#askedFor, NEW_FILE, 0o600));
      const isOther = await this.#watch.look(found);
      lookMs = isOther ? Math.max(FIRST_LOOK_MS, lookMs / 2) : Math.min(2 * lookMs, LONGEST_LOOK_MS);
      told = !isOther && (told || this.#tell(found, log));
      await pause(lookMs * (0.5 + Math.random() / 2), signal);
    }
  }

  async #try(): Promise<OwnLock | LockInTheWay> {
    const holder = readHolder(this.#path);
    // A look writes nothing, and mostly it is enough.
    if (holder !== undefined && !this.#watch.isGone(holder)) return { kind: "in-the-way", path: this.#path, holder };
    const self = await ownHolder(this.#request.programInfo, this.#key.shown);
    this.#request.signal.throwIfAborted();
    return tryLock(this.#path, self, this.#watch.isGone);
  }

  /** A process whose calls take a lock one after the other would never leave it to those who look now and then. */
  async #leaveToOthers(): Promise<void> {
    if (!existsSync(this.#askedFor) || existsSync(this.#path)) return;
    rmSync(this.#askedFor, { force: true });
    const lastMs = steadyNowMs() + LEFT_TO_OTHERS_MS;
    while (!existsSync(this.#path) && steadyNowMs() < lastMs) await pause(LEFT_LOOK_MS, this.#request.signal);
  }

  #tell(found: LockInTheWay, log: LockRequest["log"]): boolean {
    if (this.#watch.waitedMs < TOLD_AFTER_MS) return false;
    log?.(waitingText(this.#key, found, this.#watch.silentMs));
    return true;
  }

  /** Who waits has made it, again and again. */
  get #askedFor(): string {
    return `${this.#path}.asked`;
  }
}
