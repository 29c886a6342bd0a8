/**
 * Nodes on which a function's module can't be loaded. The program has loaded it, so what a worker misses may be the
 * node's fault: a folder that is not mounted there, or a file system that fails. Then the call moves to another node,
 * as the same attempt, and its node gets no calls until it is known who is to blame. Where another node loads the
 * module, the node is left out. Where the program's own node can't load it either, or no other node is left to
 * try, it is the module, and its calls fail.
 */
import type { PoolCore } from "@hyperion-ts/cpu-pool";
import type { RunEvents } from "@hyperion-ts/progress";
import type { ErrorData } from "@hyperion-ts/wire";
import type { TaskOptions } from "./task-launcher.ts";

/** The call whose module was tried. */
export interface TriedCall {
  /** The module's URL. */
  readonly fn: { readonly module: string };
  /** What it asks for. */
  readonly request: { readonly cpus: number; readonly options: TaskOptions };
}

/** The node on which it was tried. */
export interface TriedNode {
  /** As in the pool. */
  readonly name: string;
  /** Whether it is the machine that this program runs on. */
  readonly home: boolean;
  /** A module was loaded there. True: it is another one than the last. */
  noteLoaded(module: string): boolean;
}

/** What trials need of the dispatcher. */
export interface TrialOffice {
  /** Whether more nodes may come. */
  expectsNodes(): boolean;
  /** The node is not to be used any more. */
  leaveOut(node: string, reason: string): void;
}

/** What is not there, or can't be read: codes of the module loaders, and of file systems (errno(3)). */
const OF_A_FILE_SYSTEM: ReadonlySet<string> = new Set([
  // The loaders' own.
  "ERR_MODULE_NOT_FOUND",
  "MODULE_NOT_FOUND",
  "ERR_DLOPEN_FAILED",
  // Nothing is there, or not what was expected.
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "ENXIO",
  "ENODEV",
  // Nobody may read it.
  "EACCES",
  "EPERM",
  // The disk, or the file server, does not give it.
  "EIO",
  "EREMOTEIO",
  "ESTALE",
  "ENOTCONN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ETIMEDOUT",
]);

/** Finds out who is to blame where modules can't be loaded. */
export class ModuleTrials {
  readonly #pool: PoolCore;
  readonly #events: RunEvents;
  readonly #office: TrialOffice;
  /** The nodes on which each module was loaded. */
  readonly #loadedOn = new Map<string, Set<string>>();
  /** The nodes that are paused, and what each of their modules failed with. */
  readonly #suspects = new Map<string, Map<string, string>>();
  /** The modules that are to blame themselves. */
  readonly #condemned = new Set<string>();

  constructor(pool: PoolCore, events: RunEvents, office: TrialOffice) {
    this.#pool = pool;
    this.#events = events;
    this.#office = office;
  }

  /** The call's module has been loaded on the node. On the way of every call: the first of a module tells. */
  loaded({ fn: { module } }: TriedCall, node: TriedNode): void {
    if (node.noteLoaded(module)) this.#loadedOnNode(module, node.name);
  }

  /** The call's module could not be loaded on the node. Says whether the call is to be made on another one, as the same attempt. */
  failed(call: TriedCall, node: TriedNode, error: ErrorData): boolean {
    const { module } = call.fn;
    const elsewhere = [...(this.#loadedOn.get(module) ?? [])].find((name) => name !== node.name);
    if (!this.#isNodesFault(call, node.name, error, elsewhere)) return false;
    if (node.home || !this.#othersFor(node.name, call)) {
      this.#condemn(module);
      return false;
    }
    const reason = error.kind === "error" ? error.message : String(error.value);
    if (elsewhere === undefined) this.#suspect(node.name, module, reason);
    else this.#office.leaveOut(node.name, leftOutReason(reason, elsewhere));
    return true;
  }

  /** There are fewer nodes than before, or no more will come: the others may have to do, whatever they failed at. */
  resumeAll(): void {
    const names = [...this.#suspects.keys()];
    this.#suspects.clear();
    for (const name of names) this.#resume(name);
  }

  #loadedOnNode(module: string, node: string): void {
    const nodes = this.#loadedOn.get(module) ?? new Set();
    this.#loadedOn.set(module, nodes.add(node));
    this.#condemned.delete(module);
    this.#acquit(node, module);
    const bad = [...this.#suspects].flatMap(([suspect, failures]) =>
      failures.has(module) ? [[suspect, failures.get(module) ?? ""] as const] : [],
    );
    for (const [suspect] of bad) this.#suspects.delete(suspect);
    for (const [suspect, reason] of bad) this.#office.leaveOut(suspect, leftOutReason(reason, node));
  }

  /** Whether the node may be to blame; `elsewhere` is another node that has loaded the module. */
  #isNodesFault({ fn: { module }, request }: TriedCall, node: string, error: ErrorData, elsewhere?: string): boolean {
    if (this.#condemned.has(module) || request.options.node !== undefined) return false;
    if (isOfFileSystem(error)) return true;
    return elsewhere !== undefined && this.#loadedOn.get(module)?.has(node) !== true;
  }

  /** Whether there is, or may come, another node for the call that takes any. */
  #othersFor(node: string, { request: { cpus, options } }: TriedCall): boolean {
    const { gpus = 0, memoryMb = 0 } = options;
    const fits = this.#pool
      .snapshot()
      .nodes.some(
        (other) =>
          other.name !== node &&
          other.phase === "active" &&
          cpus <= other.cpus.total &&
          gpus <= other.gpus.total &&
          memoryMb <= other.memoryMb.total,
      );
    return fits || this.#office.expectsNodes();
  }

  #suspect(node: string, module: string, reason: string): void {
    const known = this.#suspects.get(node);
    if (known === undefined) {
      this.#events.emit({
        type: "log",
        message: `${node} gets no calls until another node has loaded what it can't load: ${reason}`,
      });
      this.#pool.pauseNode(node);
    }
    this.#suspects.set(node, (known ?? new Map<string, string>()).set(module, reason));
  }

  #condemn(module: string): void {
    this.#condemned.add(module);
    for (const node of this.#suspects.keys()) this.#acquit(node, module);
  }

  /** The node is not to blame for this module. */
  #acquit(node: string, module: string): void {
    const failures = this.#suspects.get(node);
    if (failures === undefined || !failures.delete(module) || failures.size > 0) return;
    this.#suspects.delete(node);
    this.#resume(node);
  }

  #resume(node: string): void {
    if (this.#pool.snapshot().nodes.some(({ name }) => name === node)) this.#pool.resumeNode(node);
  }
}

const leftOutReason = (reason: string, other: string): string =>
  `${reason} (on ${other} it can be loaded: is a file system missing or broken here?)`;

/** Whether something was missing or could not be read, here or in one of its causes. */
function isOfFileSystem(error: ErrorData): boolean {
  if (error.kind === "value") return false;
  const { code } = error.fields;
  return (
    (typeof code === "string" && OF_A_FILE_SYSTEM.has(code)) ||
    (error.cause !== undefined && isOfFileSystem(error.cause))
  );
}
