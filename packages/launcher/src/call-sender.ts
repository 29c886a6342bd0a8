/** What the head sends to a worker: calls, each function's name before its first call, and reasons to end. */
import type { FunctionCode } from "@hyperion-ts/code-hash";
import type { AnyRemoteFunction } from "@hyperion-ts/remote";
import {
  type Channel,
  type DefinedCode,
  encodeValue,
  errorToData,
  FrameKind,
  type FromWorker,
  type ToWorker,
} from "@hyperion-ts/wire";
import type { Call } from "./worker-launcher.ts";

const nothing = new Uint8Array(0);
/** What stands before each input: the function's index and the attempt. Channels copy it. */
const prefix = new Uint8Array(4);
const prefixView = new DataView(prefix.buffer);
/** A control message has to fit into one frame. */
const MAX_REASON_BYTES = 32_768;
/** The same, for the list of a function's files: with more than these nobody looks whether they have changed. */
const MAX_CODE_BYTES = 32_768;

/** The code of a function as it was when this program began; undefined: not known. */
export type CodeOf = (fn: Pick<AnyRemoteFunction, "name" | "module">) => FunctionCode | undefined;

export class CallSender {
  readonly #channel: Channel<FromWorker>;
  readonly #codeOf: CodeOf;
  readonly #functions = new Map<string, number>();

  constructor(channel: Channel<FromWorker>, codeOf: CodeOf) {
    this.#channel = channel;
    this.#codeOf = codeOf;
  }

  /** `alone`: the worker has no other call, so that it begins at once, and can't be taken back. */
  call(id: number, call: Call, alone: boolean): void {
    prefixView.setUint16(0, this.#indexOf(call.fn), true);
    prefixView.setUint16(2, call.attempt, true);
    this.#channel.send(alone ? FrameKind.callAlone : FrameKind.call, id, prefix, call.input);
  }

  abort(id: number, reason: unknown): void {
    this.#tell({ type: "abort", id, reason: encodeReason(reason) });
  }

  recall(): void {
    this.#channel.send(FrameKind.recall, 0, nothing, nothing);
  }

  #indexOf({ name, module }: Call["fn"]): number {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const index = this.#functions.size;
    this.#functions.set(name, index);
    this.#tell({ type: "define", index, name, module, ...definedCode(this.#codeOf({ name, module })) });
    return index;
  }

  #tell(message: ToWorker): void {
    this.#channel.sendMessage(message);
  }
}

function definedCode(code: FunctionCode | undefined): { readonly code?: DefinedCode } {
  if (code === undefined) return {};
  const { hash, files } = code;
  return JSON.stringify(files).length > MAX_CODE_BYTES ? {} : { code: { hash, files } };
}

/** An abort has to arrive: a reason that is too large for a control message is told by its message alone. */
function encodeReason(reason: unknown): string {
  const data = errorToData(reason);
  const whole = encodeValue(data);
  const text = data.kind === "error" ? `${data.name}: ${data.message}` : "the reason is too large to travel";
  const sent = whole.length <= MAX_REASON_BYTES ? whole : encodeValue(errorToData(new Error(text.slice(0, 1_000))));
  return Buffer.from(sent).toString("base64");
}
