/** A cluster on this machine whose users can run the programs of this benchmark. */
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";

/** Where the cluster's users find this checkout, and Node.js. */
const CHECKOUT = "/srv/checkout";
const NODE = "/opt/node/node";

/** An ordinary user, as whom all is measured. */
const USER = "alice";

/** Makes the cluster; disposing of it ends everything in it. */
export const benchCluster = (options: Pick<TestbedOptions, "nodes">): Promise<Testbed> =>
  testbed({
    ...options,
    share: [
      { from: resolve(import.meta.dirname, "../../../.."), to: CHECKOUT },
      { from: dirname(realpathSync(process.execPath)), to: dirname(NODE) },
    ],
  });

/** Runs a program of this folder on `node`, behind the command `within`; the answer is its last line of output. Throws an Error with what it printed when it fails. */
export async function answerOf<A>(
  cluster: Testbed,
  node: string,
  within: readonly string[],
  program: string,
  ...args: readonly string[]
): Promise<A> {
  const file = `${CHECKOUT}/tooling/bench/src/nodes/${program}`;
  const { exitCode, stdout, stderr } = await cluster.run(node, [...within, NODE, file, ...args], { user: USER });
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}: ${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null") as A;
}
