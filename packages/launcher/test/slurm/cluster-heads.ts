/** Heads of several accounts in one cluster, for tests of what keeps a head from reaching a node. */
import type { Testbed } from "@hyperion-ts/testbed";
import { afterAll } from "vitest";
import { ClusterHead } from "./cluster-head.ts";

/** The account's head, which has logged nothing yet; `alice`'s by default. The heads end with the surrounding `describe`. */
export function headsOf(cluster: () => Testbed): (user?: string) => ClusterHead {
  const heads = new Map<string, ClusterHead>();
  afterAll(() => Promise.all([...heads.values()].map((head) => head[Symbol.asyncDispose]())));
  return (user = "alice") => {
    const head = heads.get(user) ?? new ClusterHead(cluster(), { user });
    heads.set(user, head);
    head.logged.length = 0;
    return head;
  };
}

/** A text of about so many bytes, in lines. */
export const noise = (bytes: number): string => "Welcome to the cluster.\n".repeat(Math.ceil(bytes / 24));

/** A program in place of Node.js that says what version 20 says of a program in TypeScript. */
export const OLD_NODE = `#!/bin/sh
cat >&2 <<END
node:internal/modules/esm/get_format:189
  throw new ERR_UNKNOWN_FILE_EXTENSION(ext, filepath);
        ^

TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for $1
    at Object.getFileProtocolModuleFormat [as file:] (node:internal/modules/esm/get_format:189:9)
    at defaultLoad (node:internal/modules/esm/load:145:22) {
  code: 'ERR_UNKNOWN_FILE_EXTENSION'
}

Node.js v20.20.2
END
exit 1
`;
