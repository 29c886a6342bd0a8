/** What a round has of a cluster for itself: two nodes and a user, so that whatever the user has there is of this round. */
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeProcess, Testbed } from "@hyperion-ts/testbed";
import type { Scene } from "../scene.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { sendSignal } from "./send-signal.ts";

const FIND_MS = 10_000;
const POLL_MS = 50;

/** This project, as the machine sees it. */
export const CHECKOUT = resolve(import.meta.dirname, "../../../..");
/** Where the cluster's users find this project and its Node.js: they may not enter root's folders. */
export const SHARED = { checkout: "/srv/checkout", node: "/opt/node" } as const;
/** The folder of this process's Node.js. */
export const NODE_FOLDER = dirname(realpathSync(process.execPath));

/** Two nodes, and who is at work on them. */
export interface Seat {
  /** An ordinary user. */
  readonly user: string;
  /** The nodes' names. */
  readonly nodes: readonly [string, string];
}

/** A round at its seat. */
export interface Place extends Seat {
  /** The cluster. */
  readonly cluster: Testbed;
  /** The round's scene. */
  readonly scene: Scene;
  /** What is to be undone before the next run. */
  readonly undone: (() => Promise<void>)[];
}

/** What runs of the round on nodes or on `login`; sshd's sessions end when their network does. */
export const processesOn = ({ cluster, user }: Place, nodes: readonly string[]): readonly NodeProcess[] =>
  nodes
    .flatMap((node) => cluster.processes(node))
    .filter((process) => process.user === user && process.argv[0]?.startsWith("sshd") !== true);

/** What a fault takes hold of at that place: `jobIds` gives the round's jobs, `isOver` whether its program has ended. */
export function targetAt(place: Place, jobIds: ClusterTarget["jobIds"], isOver: () => boolean): ClusterTarget {
  const { cluster, nodes, scene, undone } = place;
  const [headNode, otherNode] = nodes;
  return {
    ...scene,
    cluster,
    headNode,
    otherNode,
    jobIds,
    signal: sendSignal,
    undoLater: (undo) => void undone.push(undo),
    run: async (node, ...command) => void (await cluster.run(node, command)),
    find: async (node, what) => {
      const end = performance.now() + FIND_MS;
      for (;;) {
        const found = processesOn(place, [node]).filter(({ argv }) => what.test(argv.join(" ")));
        if (found.length > 0 || isOver() || performance.now() > end) return found.map(({ pid }) => pid);
        await sleep(POLL_MS);
      }
    },
  };
}

/** A process for a person. */
export const showNodeProcess = ({ pid, argv }: NodeProcess): string =>
  `process ${pid}: ${argv.join(" ").slice(0, 300)}`;
