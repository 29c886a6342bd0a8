#!/usr/bin/env node
/** The command line: clusters that stay up until `down`. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf } from "../fault.ts";
import type { Faults } from "../fault.ts";
import { endHolder } from "../holder.ts";
import { spawnOnNode } from "../run-on-node.ts";
import type { Site } from "../site.ts";
import { sbatch, waitForJob } from "../slurm-client.ts";
import { makeTestbed } from "../testbed.ts";
import { TestbedError } from "../testbed-error.ts";
import { install } from "./install.ts";
import { findCluster, removeState, writeState } from "./state-file.ts";
import { statusText } from "./status.ts";
import { parseUpOptions, upFlags } from "./up-options.ts";

const usage = `testbed install                          installs Slurm, munge and sshd, and starts none of them
testbed up [--node NAME:CPUS[,gpus=N][,mem=MB]]... [--partition NAME[:MINUTES[:NODE,...]]]... [--user NAME[:SHELL]]...
           [--sshd NAME=VALUE]... [--slurm NAME=VALUE]... [--share FROM:TO]... [--login-prints TEXT] [--cgroups]
testbed down | status
testbed exec NODE [--user USER] COMMAND...  NODE may be login
testbed submit SCRIPT [--user USER] [--wait]
testbed fault cut|heal|slow|kill-sshd|kill-slurmd|stop NODE [--delay MILLISECONDS]
All but install take --name NAME, for more than one cluster.`;

const [command = "", ...rest] = process.argv.slice(2);
const name = { name: { type: "string", default: "default" } } as const;

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
      return await install();
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

async function up(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: { ...name, ...upFlags } });
  if (findCluster(values.name) !== undefined) throw new TestbedError("bad-options", "It is up already: `testbed down` ends it.");
  const start = performance.now();
  const site = await makeTestbed(parseUpOptions(values), "until-ended");
  writeState(values.name, site.holder);
  console.log(`${await statusText(site)}\nup after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return 0;
}

async function down(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: name });
  const site = findCluster(values.name);
  if (site !== undefined) await endHolder(site.holder);
  removeState(values.name);
  console.log(site === undefined ? "It was not up." : "down");
  return 0;
}

async function status(): Promise<number> {
  const { values } = parseArgs({ args: rest, options: name });
  const site = findCluster(values.name);
  console.log(site === undefined ? "It is not up." : await statusText(site));
  return site === undefined ? 3 : 0;
}

/** Options behind COMMAND are the command's. */
async function exec(): Promise<number> {
  const options = { ...name, user: { type: "string", default: "root" } } as const;
  const { tokens } = parseArgs({ args: rest, options, allowPositionals: true, strict: false, tokens: true });
  const commandAt = tokens.filter(({ kind }) => kind === "positional")[1]?.index ?? rest.length;
  const { values, positionals } = parseArgs({ args: rest.slice(0, commandAt), options, allowPositionals: true });
  const [node] = positionals;
  if (node === undefined || commandAt === rest.length) throw new TestbedError("bad-options", usage);
  const child = spawnOnNode(clusterNamed(values.name), node, rest.slice(commandAt), { user: values.user, stdio: "inherit" });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => child.once("close", (...how) => done(how)));
  return code ?? (signal === null ? 1 : 128);
}

async function submit(): Promise<number> {
  const options = { ...name, user: { type: "string", default: "root" }, wait: { type: "boolean", default: false } } as const;
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
  const { values, positionals } = parseArgs({ args: rest, options: { ...name, delay: { type: "string", default: "100" } }, allowPositionals: true });
  const [kind = "", node] = positionals;
  const faults = faultsOf(clusterNamed(values.name));
  const verbs: Readonly<Record<string, (faults: Faults, node: string) => Promise<void>>> = {
    cut: (faults, node) => faults.cut(node),
    heal: (faults, node) => faults.heal(node),
    slow: (faults, node) => faults.slow(node, { delayMs: Number(values.delay) }),
    "kill-sshd": (faults, node) => faults.killSshd(node),
    "kill-slurmd": (faults, node) => faults.killSlurmd(node),
    stop: (faults, node) => faults.stop(node),
  };
  const verb = verbs[kind];
  if (verb === undefined || node === undefined) throw new TestbedError("bad-options", usage);
  await verb(faults, node);
  return 0;
}

function clusterNamed(name: string): Site {
  const site = findCluster(name);
  if (site === undefined) throw new TestbedError("cluster-gone", "The cluster is not up: `testbed up` makes it.");
  return site;
}
