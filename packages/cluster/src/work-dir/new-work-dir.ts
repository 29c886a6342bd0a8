/** A folder for each object that a program works on. (Hyperion.Cluster: newWorkDir) */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type HasProgramInfo, type HasResults, insert, type Job, keyValMap, lookup } from "@hyperion-ts/job";
import { canonicalJson, findNotJson, type JsonValue } from "@hyperion-ts/results";
import type { StandardSchemaV1 } from "@standard-schema/spec";

/**
 * The folder of an object, any JSON value: `<dataDir>/Object_<hash>`, for this user alone (0700). Equal objects have the same one,
 * in the program and in all of its jobs; it is made where it is missing. Its path is remembered in the map `workDirectories`: a
 * later program that has the rows of this one (a copy of its database, say) finds the folder where it is, as long as it is there.
 *
 * @throws NotOursError where others may write or enter there; ResultsError; TypeError for what is no JSON value
 * @example
 * const dir = await newWorkDir({ method: "bootstrap", n: 12 })(env);
 */
export const newWorkDir =
  (object: JsonValue): Job<string, HasProgramInfo & HasResults> =>
  async (env) => {
    const problem = findNotJson(object);
    if (problem !== undefined)
      throw new TypeError(
        `newWorkDir: an object must be a JSON value, and ${problem.at} of this one is ${problem.found}`,
      );
    // Not before it is needed: every worker loads this module.
    const { privateFolder } = await import("@hyperion-ts/own-files");
    const remembered = await lookup(workDirectories, object)(env);
    const isThere = remembered !== undefined && existsSync(remembered);
    const path = isThere ? remembered : join(resolve(env.programInfo.dataDir), objectId(object));
    privateFolder(path);
    if (path !== remembered) await insert(workDirectories, object, path)(env);
    // Not without links, as a node may have others on the way.
    return path;
  };

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
