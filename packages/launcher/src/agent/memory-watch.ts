/**
 * How much memory workers hold: a share bounds the heap of JavaScript alone, and typed arrays, native libraries and the
 * runtime itself are beside it. What is looked at is the worker's resident memory (proc(5), VmRSS), once a second.
 */
import { statusNumber } from "@hyperion-ts/processes/supervision";

const LOOK_MS = 1_000;
/** What was told is told again when it has grown by this factor. */
const GROWTH = 1.1;

interface Watched {
  readonly pid: number;
  readonly memoryMb: number;
  readonly tell: (usedMb: number) => void;
  /** What was told last, when it was too much, in megabytes; 0: the process is within its share. */
  toldMb: number;
}

/** Looks at the memory of all workers, once a second. */
export class MemoryWatch {
  readonly #watched = new Set<Watched>();
  readonly #usedMbOf: (pid: number) => number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `usedMbOf` says what a process holds, in megabytes; another one is for tests. */
  constructor(usedMbOf: (pid: number) => number | undefined = residentMb) {
    this.#usedMbOf = usedMbOf;
  }

  /** Tells when the process holds more than `memoryMb`, when that has grown, and when it is within them again, until the returned object is disposed of. */
  add(pid: number, memoryMb: number, tell: (usedMb: number) => void): Disposable {
    const watched: Watched = { pid, memoryMb, tell, toldMb: 0 };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    return {
      [Symbol.dispose]: () => {
        this.#watched.delete(watched);
        if (this.#watched.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  /** Looks at all of them, and tells what is new. */
  look(): void {
    for (const watched of this.#watched) {
      const usedMb = this.#usedMbOf(watched.pid);
      if (usedMb === undefined) continue;
      const isOver = usedMb > watched.memoryMb;
      const isNews = isOver ? usedMb > watched.toldMb * GROWTH : watched.toldMb > 0;
      if (!isNews) continue;
      watched.toldMb = isOver ? usedMb : 0;
      watched.tell(usedMb);
    }
  }
}

/** The resident memory of a process, in megabytes; undefined: it is gone. */
function residentMb(pid: number): number | undefined {
  const kb = statusNumber(pid, "VmRSS");
  return kb === undefined ? undefined : Math.ceil(kb / 1_024);
}
