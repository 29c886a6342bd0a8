/** A folder for each object that a program works on. (Hyperion.Cluster: newWorkDir) */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HasResults, insert, keyValMap, lookup } from "@hyperion-ts/job";
import { privateFolder } from "@hyperion-ts/own-files";
import { canonicalJson, findNotJson, type JsonValue } from "@hyperion-ts/results/json";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SharesFolder } from "../across-jobs.ts";
import { sharedFolder } from "../program/own-folder.ts";

/** The folder of an object, as `newWorkDir` says. */
export async function workDirOf(object: JsonValue, env: SharesFolder & HasResults): Promise<string> {
  const problem = findNotJson(object);
  if (problem !== undefined)
    throw new TypeError(
      `newWorkDir: an object must be a JSON value, and ${problem.at} of this one is ${problem.found}`,
    );
  const remembered = await lookup(workDirectories, object)(env);
  const isThere = remembered !== undefined && existsSync(remembered);
  const path = isThere ? remembered : join(sharedFolder(env), objectId(object));
  privateFolder(path);
  if (path !== remembered) await insert(workDirectories, object, path)(env);
  // Not without links, as a node may have others on the way.
  return path;
}

const objectId = (object: JsonValue): string =>
  `Object_${createHash("sha256").update(canonicalJson(object)).digest("base64url")}`;

const schemaOf = <T>(what: string, is: (value: unknown) => value is T): StandardSchemaV1<T> => ({
  "~standard": {
    version: 1,
    vendor: "hyperion-ts",
    validate: (value) => (is(value) ? { value } : { issues: [{ message: `is no ${what}` }] }),
  },
});

const workDirectories = keyValMap(
  "workDirectories",
  schemaOf("JSON value", (value): value is JsonValue => findNotJson(value) === undefined),
  schemaOf("path", (value): value is string => typeof value === "string"),
);
