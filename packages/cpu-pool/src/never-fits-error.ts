/** The one error of this package that its callers' callers meet: every worker loads it with the user's module, and nothing else of a pool. */
import type { Amounts, Shape } from "./shape.ts";

/** No node of the pool, even wholly idle, could ever serve the request. */
export class NeverFitsError extends Error {
  override readonly name = "NeverFitsError";
  readonly code = "never-fits";
  /** What was asked for, with every default filled in. */
  readonly asked: Shape;
  /** The most of each resource that one node has (where the request names a node: that node). */
  readonly largest: Amounts;

  /** `options.cause` tells which node left, where that is why; `who` asks, if that is known, and `advice` says how it asks for less. */
  constructor(
    asked: Shape,
    largest: Amounts,
    { who, advice, ...options }: ErrorOptions & { readonly who?: string; readonly advice?: string } = {},
  ) {
    super(
      `${who === undefined ? "" : `${who}: `}${neverFits(asked, largest)}${advice === undefined ? "" : ` ${advice}`}`,
      options,
    );
    this.asked = asked;
    this.largest = largest;
  }
}

function neverFits(asked: Shape, largest: Amounts): string {
  const wanted = `${describeAsked(asked)} can never be reserved`;
  if (largest.cpus === 0) return `${wanted}: the pool has no node with CPUs. Add nodes first.`;
  const has = describeAmounts(largest);
  if (asked.node !== undefined) return `${wanted}: the node has ${has}. Ask for less or for another node.`;
  return `${wanted}: the most that one node has is ${has}. Ask for no more than one node has, of everything together.`;
}

/** What was asked for, for messages: "4 CPUs, 1 GPU on node n3". */
export const describeAsked = (asked: Shape): string =>
  asked.node === undefined ? describeAmounts(asked) : `${describeAmounts(asked)} on node ${asked.node}`;

/** For messages: "4 CPUs, 1 GPU, 2000 MB of memory". */
function describeAmounts({ cpus, gpus, memoryMb }: Amounts): string {
  const parts = [counted(cpus, "CPU")];
  if (gpus > 0) parts.push(counted(gpus, "GPU"));
  if (memoryMb > 0 && Number.isFinite(memoryMb)) parts.push(`${memoryMb} MB of memory`);
  return parts.join(", ");
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
