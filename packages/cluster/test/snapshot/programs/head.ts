/** A job's head, as far as a snapshot is concerned: it loads one, and calls one of its functions in a worker. Prints a JSON object. */
import { chmodSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { type Job, programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { programCode } from "@hyperion-ts/job/program";
import { findRemote } from "@hyperion-ts/remote";
import { loadSnapshot } from "../../../src/snapshot/index.ts";

const [, , file = "", hash = "", name = "", input = "null", dir = "", first = ""] = process.argv;

try {
  await loadSnapshot(file, hash);
  const fn = findRemote(name);
  if (fn === undefined) throw new Error(`no function ${name}`);
  const job: Job<unknown> = (env) => {
    if (first === "overwrite") {
      chmodSync(file, 0o600);
      writeFileSync(file, "");
    }
    return remoteEval(fn as never, JSON.parse(input) as never)(env);
  };
  const value = await runJobLocal(programInfo(dir), job, { cpus: 1, progress: "none" });
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
