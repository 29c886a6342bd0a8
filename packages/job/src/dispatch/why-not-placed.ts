/** Why a call has no CPUs: what the pool says, and where CPUs are left alone, of which the pool knows no reason, what the nodes say. */
import type { PoolCore } from "@hyperion-ts/cpu-pool";
import type { CallWaitReason } from "@hyperion-ts/progress";
import type { DispatchNode } from "./dispatch-node.ts";
import type { Task } from "./task.ts";

/** A node whose CPUs, or some of them, are left alone for a while, and why. */
type Hindrance = Extract<CallWaitReason, { readonly kind: "starts-pause" | "node-on-trial" }>;

/** What keeps calls from CPUs that no lease holds: looked for once, however many calls are asked about. */
export const hindrancesOf = (
  pool: PoolCore,
  nodes: ReadonlyMap<string, Pick<DispatchNode, "pauses">>,
): readonly Hindrance[] => [
  ...[...nodes].flatMap(
    ([
      node,
      {
        pauses: { now },
      },
    ]): readonly Hindrance[] => (now === undefined ? [] : [{ kind: "starts-pause", node, ...now }]),
  ),
  ...pool
    .snapshot()
    .nodes.flatMap(({ name, phase }): readonly Hindrance[] =>
      phase === "paused" ? [{ kind: "node-on-trial", node: name }] : [],
    ),
];

/** The reason of one call. */
export function whyNotPlaced({ ticket, request }: Task, hindrances: readonly Hindrance[]): CallWaitReason {
  const why = ticket?.whyWaiting();
  if (why === undefined) return { kind: "nodes-connecting" };
  if (why.kind !== "no-cpus-free" && why.kind !== "earmarked") return why;
  const only = why.kind === "earmarked" ? why.node : request.options.node;
  return hindrances.find(({ node }) => only === undefined || only === node) ?? why;
}
