/**
 * What runs a program's snapshot: the programs of head, agent and worker, and what the snapshot imports of these packages. They
 * are few files because a node reads each from the shared file system, and not one, because a worker is to load nothing of
 * a head, and an agent nothing of either.
 */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, type OutputOptions, type Plugin, rolldown } from "rolldown";
import { ownModule, ownVersion } from "./own-packages.ts";
import { type RuntimeFile, runtimeFolder, type RuntimeFolder } from "./runtime-folder.ts";
import { RuntimeParts } from "./runtime-parts.ts";

/** What is written of any bundle of ours: errors and logs show names of classes and functions. */
export const OUTPUT = {
  format: "esm",
  minify: false,
  keepNames: true,
  comments: { legal: true, annotation: false, jsdoc: false },
} as const satisfies OutputOptions;

/** As Node resolves, which knows no conditions and fields of bundlers. */
export const resolveAsNode = (conditions: readonly string[]): { conditionNames: string[]; mainFields: string[] } => ({
  conditionNames: ["node", "node-addons", "module-sync", ...conditions],
  mainFields: ["main"],
});

/** Slurm may warn at once, which would end the process. */
const NO_SURPRISE = 'process.on("SIGUSR2", () => undefined);';

/** How it is made. */
export interface RuntimeRequest {
  /** The folder that paths in comments are told from. */
  readonly root: string;
  /** What the snapshot imports: paths of modules, by the names of the files that give it. */
  readonly exports: ReadonlyMap<string, string>;
  readonly conditions: readonly string[];
  readonly plugin: Plugin;
}

/** Bundles these packages. */
export async function bundleRuntime(request: RuntimeRequest): Promise<RuntimeFolder> {
  const agent = await alone(request, "run-agent", ownModule("launcher", "agent/agent-main"));
  const ender = await alone(request, "run-end-abandoned-job", ownModule("job", "run/end-abandoned-job-main"));
  const relay = await alone(request, "run-relay", fromHere("link/relay-main"));
  const { chunks, head, worker } = await together(request);
  const all = [...chunks, agent, ender];
  return runtimeFolder([...all, relay].map(fileOf), [
    { name: "head-main", files: [head.fileName, ...others(all, head)], atOnce: NO_SURPRISE },
    { name: "worker-main", files: [worker.fileName, ...atStart(chunks, [worker, ...entries(chunks, request)])] },
    { name: "agent-main", files: [agent.fileName] },
    { name: "end-abandoned-job-main", files: [ender.fileName] },
    { name: "relay-main", files: [relay.fileName] },
  ]);
}

/** A module of this package, by its name without an ending. */
const fromHere = (name: string): string =>
  fileURLToPath(new URL(`../${name}${extname(import.meta.url)}`, import.meta.url));

const fileOf = ({ fileName, code }: OutputChunk): RuntimeFile => ({ name: fileName, text: code });

const others = (all: readonly OutputChunk[], one: OutputChunk): readonly string[] =>
  all.filter((each) => each !== one).map(({ fileName }) => fileName);

const entries = (chunks: readonly OutputChunk[], { exports }: RuntimeRequest): readonly OutputChunk[] =>
  chunks.filter(({ name, isEntry }) => isEntry && exports.has(name));

/** What is loaded with some of the files, beside the first of them. */
function atStart(chunks: readonly OutputChunk[], some: readonly OutputChunk[]): readonly string[] {
  const found = new Set(some.map(({ fileName }) => fileName));
  for (const name of found)
    for (const next of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) {
      if (chunks.some(({ fileName }) => fileName === next)) found.add(next);
    }
  return [...found].slice(1);
}

/** A program that shares nothing with others in its process. */
async function alone(request: RuntimeRequest, name: string, path: string): Promise<OutputChunk> {
  const [chunk] = await generate(request, { input: { [name]: path }, plugins: [request.plugin] }, false);
  return chunk;
}

interface HeadAndWorker {
  readonly chunks: readonly OutputChunk[];
  readonly head: OutputChunk;
  readonly worker: OutputChunk;
}

/** The programs whose process imports the snapshot, too. */
async function together(request: RuntimeRequest): Promise<HeadAndWorker> {
  const head = fromHere("head/head-main");
  const worker = ownModule("launcher", "worker/worker-main");
  const parts = new RuntimeParts(head, worker, [...request.exports.values()]);
  const input = { "run-head": head, "run-worker": worker, ...Object.fromEntries(request.exports) };
  const chunks = await generate(request, { input, plugins: [request.plugin, parts.plugin] }, { groups: parts.groups });
  const entry = (name: string): OutputChunk => chunks.find((chunk) => chunk.name === name) ?? chunks[0];
  return { chunks, head: entry("run-head"), worker: entry("run-worker") };
}

async function generate(
  { root, conditions }: RuntimeRequest,
  input: { readonly input: Record<string, string>; readonly plugins: Plugin[] },
  codeSplitting: NonNullable<OutputOptions["codeSplitting"]>,
): Promise<[OutputChunk, ...OutputChunk[]]> {
  const bundle = await rolldown({
    ...input,
    cwd: root,
    platform: "node",
    resolve: resolveAsNode(conditions),
    transform: { define: { HYPERION_VERSION: JSON.stringify(ownVersion("job")) } },
    // Other names beside their own do no harm, and spare a file for each import() between the parts.
    preserveEntrySignatures: "allow-extension",
    onLog: () => undefined,
  });
  try {
    const names = { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" };
    const { output } = await bundle.generate({ ...OUTPUT, ...names, codeSplitting });
    const [first, ...more] = output;
    return [first, ...more.filter((each) => each.type === "chunk")];
  } finally {
    await bundle.close();
  }
}
