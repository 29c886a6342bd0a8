/** What the head sends to a worker: calls, each function's name before its first call, and reasons to end. */
import {
  callPrefix,
  type ChangedFile,
  type Channel,
  encodeValue,
  errorToData,
  FrameKind,
  type FromWorker,
  type KeptCode,
  type ToWorker,
} from "@hyperion-ts/wire";
import type { CodeAtStart, CodeOf, OldCode } from "./code-at-start.ts";
import type { Call } from "./worker-launcher.ts";

const NOTHING = new Uint8Array(0);
/** A control message has to fit into one frame. */
const MAX_REASON_BYTES = 32_768;
/** So many files of a function, whose paths may have 4,096 bytes each, fit into a control message too. */
const FILES_IN_A_MESSAGE = 12;

/** What goes to one worker, in order. */
export class CallSender {
  readonly #channel: Channel<FromWorker>;
  readonly #codeOf: CodeOf;
  readonly #functions = new Map<string, number>();
  /** By the indices of functions. */
  readonly #codes: (CodeAtStart | undefined)[] = [];
  /** The functions whose module the worker has not imported yet, by their indices. */
  readonly #unloaded = new Set<number>();

  /** `codeOf` says what a function's code was when the program began. */
  constructor(channel: Channel<FromWorker>, codeOf: CodeOf) {
    this.#channel = channel;
    this.#codeOf = codeOf;
  }

  /** Sends a call. `alone`: the worker has no other call, so that this one begins at once, and can't be taken back. */
  call(id: number, call: Call, alone: boolean): void {
    // Before its prefix is made, as this may send a message.
    const index = this.#indexOf(call.fn);
    const kind = alone ? FrameKind.callAlone : FrameKind.call;
    this.#channel.send(kind, id, callPrefix(index, call.attempt), call.input);
  }

  /** The worker has imported the module of the function `index`, or failed to. */
  loaded(index: number): void {
    this.#unloaded.delete(index);
  }

  /** Whether the worker has been told of the function, and has not imported its module. */
  loads(functionName: string): boolean {
    const index = this.#unloaded.size === 0 ? undefined : this.#functions.get(functionName);
    return index !== undefined && this.#unloaded.has(index);
  }

  /** Asks the call to end early, with a reason that any value may be. */
  abort(id: number, reason: unknown): void {
    this.#tell({ type: "abort", id, reason: encodeReason(reason) });
  }

  /** Asks for the calls that have not begun. */
  recall(): void {
    this.#channel.send(FrameKind.recall, 0, NOTHING, NOTHING);
  }

  /** Sends the files that a worker has asked for, as they were when the program began. */
  code(index: number, wanted: readonly number[]): void {
    const code = this.#codes[index];
    const sources = listed(wanted).flatMap((at) => {
      const path = code?.files[at]?.path;
      const { bytes, format } = (path === undefined ? undefined : code?.source(path)) ?? {};
      return bytes === undefined || format === undefined ? [] : [{ at, format, bytes }];
    });
    const kept: KeptCode = { hash: code?.hash() ?? null, sources };
    this.#channel.send(FrameKind.code, index, NOTHING, encodeValue(kept));
  }

  /** The paths of the files that a worker has found changed, with the times of the changes. */
  oldFiles(index: number, changed: readonly ChangedFile[]): OldCode["files"] {
    return listed(changed).flatMap(({ at, changedAtMs }) => {
      const path = this.#codes[index]?.files[at]?.path;
      return path === undefined ? [] : [{ path, changedAtMs }];
    });
  }

  #indexOf({ name, module }: Call["fn"]): number {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const index = this.#functions.size;
    this.#functions.set(name, index);
    this.#unloaded.add(index);
    const code = this.#codeOf({ name, module });
    this.#codes[index] = code;
    const files = code?.files ?? [];
    for (let at = 0; at < files.length; at += FILES_IN_A_MESSAGE)
      this.#tell({ type: "files", index, files: files.slice(at, at + FILES_IN_A_MESSAGE) });
    this.#tell({ type: "define", index, name, module, ...(code?.isBundle === true ? { isBundle: true } : {}) });
    return index;
  }

  #tell(message: ToWorker): void {
    this.#channel.sendMessage(message);
  }
}

/** The list that a worker sent, if it is one: user code in the worker may have changed what it sends. */
const listed = <A>(value: readonly A[]): readonly A[] => (Array.isArray(value) ? value : []);

/** An abort has to arrive: a reason that is too large for a control message is told by its message alone. */
function encodeReason(reason: unknown): string {
  const data = errorToData(reason);
  const whole = encodeValue(data);
  const text = data.kind === "error" ? `${data.name}: ${data.message}` : "the reason is too large to travel";
  const sent = whole.length <= MAX_REASON_BYTES ? whole : encodeValue(errorToData(new Error(text.slice(0, 1_000))));
  return Buffer.from(sent).toString("base64");
}
