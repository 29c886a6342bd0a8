/**
 * Nodes on which the program's directory can't be entered: what a function writes or reads there would be somewhere else.
 * Where another node than the program's own can enter it, the nodes share it, and one that can't is left out. Where none
 * can, the directory is on the program's own node alone (a script that changes to a local disk): then all are
 * used, and it is said.
 */
import type { NodeLauncher, NodePlace } from "@hyperion-ts/launcher";

/** What becomes of a node. */
export interface MisplacedOffice<Node> {
  /** It is used; `note` says where its workers run. */
  use(node: Node, note: string): void;
  /** It is not used, for this reason. */
  leaveOut(node: Node, reason: string): void;
}

interface Misplaced<Node> {
  readonly node: Node;
  readonly place: NodePlace;
}

/** The nodes that wait for what others say. */
export class MisplacedNodes<Node = NodeLauncher> {
  readonly #office: MisplacedOffice<Node>;
  #waiting: readonly Misplaced<Node>[] = [];
  /** null: not known yet. */
  #shared: boolean | null = null;

  constructor(office: MisplacedOffice<Node>) {
    this.#office = office;
  }

  /** Another node than the program's own has entered the directory. */
  entered(): void {
    this.#shared = true;
    this.#settle();
  }

  /** `node`, whose workers would run in this place, can't enter the directory. */
  add(node: Node, place: NodePlace): void {
    this.#waiting = [...this.#waiting, { node, place }];
    this.#settle();
  }

  /** Nobody is waited for any more. */
  decide(): void {
    this.#shared ??= false;
    this.#settle();
  }

  #settle(): void {
    if (this.#shared === null) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { node, place } of waiting) {
      if (this.#shared)
        this.#office.leaveOut(
          node,
          `the program's directory can't be entered there, as it can on other nodes: ${place.why}`,
        );
      else
        this.#office.use(
          node,
          `workers run in ${place.directory}, because the program's directory can't be entered there: ${place.why}`,
        );
    }
  }
}
