/** Command lines of `hyperion` as a person pastes them, on the login node, in the folder of a program. */
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

/** Runs a line that has to go well. */
export async function pasted(cluster: ProgramCluster, dir: ProgramDir, line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await paste(cluster, dir, line);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${stderr}`);
  return stdout;
}

/** The calls that wait for a person, as soon as there are so many. */
export const held = async (cluster: ProgramCluster, dir: ProgramDir, count: number): Promise<readonly Hold[]> =>
  await untilSome(`${count} held calls`, async () => {
    const { exitCode, stdout } = await paste(cluster, dir, "hyperion holds --json");
    const holds = exitCode === 0 ? (JSON.parse(stdout) as readonly Hold[]) : [];
    const open = holds.filter(({ verdict }) => verdict === null);
    return open.length === count && open;
  });
