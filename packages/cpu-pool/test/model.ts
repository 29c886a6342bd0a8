/**
 * The pool's rules again, as plainly as they can be written: one list of
 * nodes, one list of waiting requests, and a scan over both after each change.
 */
import type { PlacementRule } from "../src/index.ts";

export interface Wish {
  readonly id: string;
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryMb: number;
  readonly priority: number;
  readonly node?: string | undefined;
}
export interface ModelNode {
  readonly name: string;
  readonly index: number;
  readonly total: readonly number[];
  idle: number[];
  active: boolean;
  paused: boolean;
  readonly onDrained: string[];
}

const amounts = (wish: Wish): readonly number[] => [wish.cpus, wish.gpus, wish.memoryMb];
const covers = (there: readonly number[], wish: Wish): boolean =>
  amounts(wish).every((amount, i) => amount <= (there[i] ?? 0));
const may = (node: ModelNode, wish: Wish): boolean => node.active && (wish.node ?? node.name) === node.name;

export class Model {
  nodes: ModelNode[] = [];
  line: { readonly wish: Wish; readonly sequence: number }[] = [];
  readonly held = new Map<string, { readonly wish: Wish; readonly node: ModelNode }>();
  readonly log: string[] = [];
  earmark: { readonly id: string; readonly node: ModelNode } | undefined;
  readonly rule: PlacementRule;

  constructor(rule: PlacementRule) {
    this.rule = rule;
  }

  best(wish: Wish, nodes: readonly ModelNode[], rule: PlacementRule = this.rule): ModelNode | undefined {
    const sign = rule === "spread" ? -1 : 1;
    return nodes
      .toSorted((a, b) => sign * ((a.idle[0] ?? 0) - (b.idle[0] ?? 0)) || a.index - b.index)
      .find((node) => !node.paused && may(node, wish));
  }

  settle(refusal: (wish: Wish) => string): void {
    this.line.sort((a, b) => b.wish.priority - a.wish.priority || a.sequence - b.sequence);
    const hopeless = this.line.filter(
      ({ wish }) => !this.nodes.some((node) => may(node, wish) && covers(node.total, wish)),
    );
    this.line = this.line.filter((entry) => !hopeless.includes(entry));
    for (const { wish } of hopeless) this.log.push(`${wish.id} refused: ${refusal(wish)}`);
    while (this.grantNext());
  }

  grantNext(): boolean {
    const front = this.line[0]?.wish;
    const fitting = (wish: Wish): ModelNode[] => this.nodes.filter((node) => covers(node.idle, wish));
    if (front === undefined) return false;
    if (this.grant(front, this.best(front, fitting(front)))) return true;
    if (this.earmark?.id !== front.id || !this.earmark.node.active || this.earmark.node.paused) {
      const node = this.best(
        front,
        this.nodes.filter(({ total }) => covers(total, front)),
        "spread",
      );
      this.earmark = node && { id: front.id, node };
    }
    return this.line.some(({ wish }) =>
      this.grant(
        wish,
        this.best(
          wish,
          fitting(wish).filter((node) => node !== this.earmark?.node),
        ),
      ),
    );
  }

  grant(wish: Wish, node: ModelNode | undefined): boolean {
    if (node === undefined) return false;
    this.line = this.line.filter((entry) => entry.wish !== wish);
    node.idle = node.idle.map((idle, i) => idle - (amounts(wish)[i] ?? 0));
    this.held.set(wish.id, { wish, node });
    this.log.push(`${wish.id} on ${node.name}`);
    return true;
  }
}
