/** A cluster on this machine whose users can run the programs of this benchmark. */
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";

/** Where the cluster's users find this checkout, and Node.js. */
const CHECKOUT = "/srv/checkout";
const NODE = "/opt/node/node";

/** An ordinary user, as whom all is measured. */
export const USER = "alice";

/** Makes the cluster; disposing of it ends everything in it. */
export const benchCluster = (options: Pick<TestbedOptions, "nodes">): Promise<Testbed> =>
  testbed({
    ...options,
    share: [
      { from: resolve(import.meta.dirname, "../../../.."), to: CHECKOUT },
      { from: dirname(realpathSync(process.execPath)), to: dirname(NODE) },
    ],
  });

/** A program of this folder, and where it runs. */
interface ProgramRun {
  readonly node: string;
  /** A command that becomes the program. Default: none. */
  readonly within?: readonly string[];
  /** The program's file, and its arguments. */
  readonly program: readonly [file: string, ...args: readonly string[]];
}

/**
 * Runs a program of this folder; the answer is its last line of output.
 *
 * @throws Error when it fails, with what it printed
 */
export async function answerOf<A>(cluster: Testbed, { node, within = [], program }: ProgramRun): Promise<A> {
  const [name, ...args] = program;
  const { exitCode, stdout, stderr } = await cluster.run(node, [...within, NODE, fileOf(name), ...args], {
    user: USER,
  });
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null") as A;
}

/** The line of a script that becomes a program of this folder; its arguments are words. */
export const programLine = (name: string, ...args: readonly string[]): string =>
  ["exec", NODE, fileOf(name), ...args].join(" ");

const fileOf = (name: string): string => `${CHECKOUT}/tooling/bench/src/nodes/${name}`;
