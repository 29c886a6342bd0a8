/** A job's head, as far as a snapshot is concerned: it loads one, and calls one of its functions in a worker. Prints a JSON object. */
import { basename } from "node:path";
import { programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { programCode } from "@hyperion-ts/job/program";
import { findRemote } from "@hyperion-ts/remote";
import { loadSnapshot } from "../../../src/snapshot/index.ts";

const [, , file = "", hash = "", name = "", input = "null", dir = ""] = process.argv;

try {
  await loadSnapshot(file, hash);
  const fn = findRemote(name);
  if (fn === undefined) throw new Error(`no function ${name}`);
  const value = await runJobLocal(programInfo(dir), remoteEval(fn as never, JSON.parse(input) as never), {
    cpus: 1,
    progress: "none",
  });
  print({ value, module: basename(fn.module), code: programCode.of(name)?.hash() });
} catch (error) {
  print({ error: error instanceof Error ? describe(error) : {} });
}

function describe({ message, cause, ...others }: Error): object {
  return { ...others, message, cause: cause instanceof Error ? cause.stack : "" };
}

function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
