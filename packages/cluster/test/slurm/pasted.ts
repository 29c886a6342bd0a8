/** Command lines of `hyperion` as a person pastes them, on the login node, in the folder of a program. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hold } from "@hyperion-ts/holds";
import type { CommandResult } from "@hyperion-ts/testbed";
import { type ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

/** Runs a line in a shell. */
export async function paste(
  { testbed }: ProgramCluster,
  { inCluster }: ProgramDir,
  line: string,
): Promise<CommandResult> {
  const main = "/srv/checkout/apps/cli/src/main.ts";
  const shell = `hyperion() { /opt/node/node ${main} "$@"; }; cd ${inCluster} && ${line}`;
  return await testbed.run("login", ["sh", "-c", shell], { user: "alice" });
}

/** Runs a line that has to go well; what it printed. */
export async function pasted(cluster: ProgramCluster, dir: ProgramDir, line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await paste(cluster, dir, line);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${stderr}`);
  return stdout;
}

/** The calls that wait for a person, as soon as there are so many, as the command tells them. */
export async function held(cluster: ProgramCluster, dir: ProgramDir, count: number): Promise<readonly Hold[]> {
  await untilSome(`${count} held calls`, () => holdsIn(dir).filter(isOpen).length === count);
  const told = JSON.parse(await pasted(cluster, dir, "hyperion holds --json")) as readonly Hold[];
  return told.filter(isOpen);
}

const isOpen = ({ verdict }: Hold): boolean => verdict === null;

/** The files; another user's, so the package does not believe them. */
function holdsIn({ path }: ProgramDir): readonly Hold[] {
  const folder = join(path, "holds");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}
