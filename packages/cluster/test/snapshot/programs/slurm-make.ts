/** On a login node: makes a snapshot of a module, in a directory, and prints where it is as JSON. */
import { makeSnapshot } from "../../../src/snapshot/index.ts";

const [, , module = "", directory = ""] = process.argv;
const { file, hash } = await makeSnapshot(module, directory, { signal: new AbortController().signal });
process.stdout.write(JSON.stringify({ file, hash }));
