#!/usr/bin/env node
/** The command line: clusters that stay up until `down`. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf } from "../fault.ts";
import type { Faults } from "../fault.ts";
import { endHolder } from "../holder.ts";
import { spawnOnNode } from "../run-on-node.ts";
import { RELEASES } from "../release.ts";
import type { Site } from "../site.ts";
import { sbatch, waitForJob } from "../slurm-client.ts";
import { makeTestbed } from "../testbed.ts";
import { TestbedError } from "../testbed-error.ts";
import { install } from "./install.ts";
import { findCluster, removeState, writeState } from "./state-file.ts";
import { statusText } from "./status.ts";
import { parseRelease, parseUpOptions, UP_FLAGS } from "./up-options.ts";

const usage = `testbed install [--release NAME]...      installs Slurm, munge and sshd, and starts none of them; makes root file systems of releases
testbed up [--node NAME:CPUS[,gpus=N][,mem=MB]]... [--partition NAME[:MINUTES[:NODE,...]]]... [--user NAME[:SHELL]]...
           [--sshd NAME=VALUE]... [--slurm NAME=VALUE]... [--share FROM:TO]... [--login-prints TEXT] [--release NAME] [--cgroups]
           [--accounting] [--limit NAME=VALUE]... [--sbatch-latency MILLISECONDS]
testbed down | status
testbed exec NODE [--user USER] COMMAND...  NODE may be login
testbed submit SCRIPT [--user USER] [--wait]
testbed fault cut|heal|slow|kill-sshd|kill-slurmd|stop NODE [--delay MILLISECONDS]
testbed fault stop-slurmctld|hang-slurmctld|start-slurmctld|save-slurmctld-state [--state NAME]
All but install take --name NAME, for more than one cluster. Releases of Debian: ${RELEASES.join(", ")}.`;

const [command = "", ...rest] = process.argv.slice(2);
const NAME = { name: { type: "string", default: "default" } } as const;

try {
  process.exitCode = await runCommand();
} catch (error) {
  // An unknown option is parseArgs' to explain.
  if (!(error instanceof TestbedError || (error instanceof TypeError && "code" in error))) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function runCommand(): Promise<number> {
  switch (command) {
    case "install":
      return await installFor();
    case "up":
      return await up();
    case "down":
      return await down();
    case "status":
      return await status();
    case "exec":
      return await exec();
    case "submit":
      return await submit();
    case "fault":
      return await fault();
    default:
      console.error(usage);
      return 2;
  }
}

async function installFor(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: { release: { type: "string", multiple: true, default: [] } } });
  return await install(values.release.map(parseRelease));
}

async function up(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: { ...NAME, ...UP_FLAGS } });
  if (findCluster(values.name) !== undefined)
    throw new TestbedError("bad-options", "It is up already: `testbed down` ends it.");
  const start = performance.now();
  const site = await makeTestbed(parseUpOptions(values), "until-ended");
  writeState(values.name, site.holder);
  console.log(`${await statusText(site)}\nup after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return 0;
}

async function down(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: NAME });
  const site = findCluster(values.name);
  if (site !== undefined) await endHolder(site.holder);
  removeState(values.name);
  console.log(site === undefined ? "It was not up." : "down");
  return 0;
}

async function status(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: NAME });
  const site = findCluster(values.name);
  console.log(site === undefined ? "It is not up." : await statusText(site));
  return site === undefined ? 3 : 0;
}

/** Options behind COMMAND are the command's. */
async function exec(): Promise<number> {
  const options = { ...NAME, user: { type: "string", default: "root" } } as const;
  const { tokens } = parseArgs({ args: rest, options, allowPositionals: true, strict: false, tokens: true });
  const commandAt = tokens.filter(({ kind }) => kind === "positional")[1]?.index ?? rest.length;
  const { values, positionals } = parseArgs({ args: rest.slice(0, commandAt), options, allowPositionals: true });
  const [node] = positionals;
  if (node === undefined || commandAt === rest.length) throw new TestbedError("bad-options", usage);
  const child = spawnOnNode(clusterNamed(values.name), node, rest.slice(commandAt), {
    user: values.user,
    stdio: "inherit",
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.once("close", (...how) => done(how)),
  );
  return code ?? (signal === null ? 1 : 128);
}

async function submit(): Promise<number> {
  const options = {
    ...NAME,
    user: { type: "string", default: "root" },
    wait: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
  const [script] = positionals;
  if (script === undefined) throw new TestbedError("bad-options", usage);
  const site = clusterNamed(values.name);
  // npm runs scripts in the package's folder, and tells where it was called.
  const text = await readFile(resolve(process.env["INIT_CWD"] ?? ".", script), "utf8");
  const id = await sbatch(site, text, { user: values.user });
  console.log(String(id));
  if (!values.wait) return 0;
  const { state, exitCode } = await waitForJob(site, id, { timeoutMs: Number.POSITIVE_INFINITY });
  console.log(state);
  return state === "COMPLETED" ? 0 : exitCode || 1;
}

async function fault(): Promise<number> {
  const options = { ...NAME, delay: { type: "string", default: "100" }, state: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
  const faults = faultsOf(clusterNamed(values.name));
  const verb = faultVerb(faults, positionals, Number(values.delay), values.state);
  if (verb === undefined) throw new TestbedError("bad-options", usage);
  await verb();
  return 0;
}

function faultVerb(
  faults: Faults,
  [kind, node]: readonly string[],
  delayMs: number,
  state: string | undefined,
): (() => Promise<void>) | undefined {
  switch (kind) {
    case "stop-slurmctld":
      return faults.stopSlurmctld;
    case "hang-slurmctld":
      return faults.hangSlurmctld;
    case "start-slurmctld":
      return () => faults.startSlurmctld(state === undefined ? {} : { state });
    case "save-slurmctld-state":
      return () => faults.saveSlurmctldState(state ?? "saved");
    default:
      return node === undefined ? undefined : nodeVerb(faults, kind, node, delayMs);
  }
}

function nodeVerb(
  faults: Faults,
  kind: string | undefined,
  node: string,
  delayMs: number,
): (() => Promise<void>) | undefined {
  switch (kind) {
    case "cut":
      return () => faults.cut(node);
    case "heal":
      return () => faults.heal(node);
    case "slow":
      return () => faults.slow(node, { delayMs });
    case "kill-sshd":
      return () => faults.killSshd(node);
    case "kill-slurmd":
      return () => faults.killSlurmd(node);
    case "stop":
      return () => faults.stop(node);
    default:
      return undefined;
  }
}

function clusterNamed(name: string): Site {
  const site = findCluster(name);
  if (site === undefined) throw new TestbedError("cluster-gone", "The cluster is not up: `testbed up` makes it.");
  return site;
}
