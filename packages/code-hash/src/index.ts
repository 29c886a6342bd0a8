/** The code that a function of a module runs, as one hash: to know whether a stored result is from the code of today. */
import "./supported-node.ts";
export { hashesLine } from "./carried-hashes.ts";
export { CodeReader, type FunctionCode, type KeptSource } from "./code-reader.ts";
export type { CodeFile } from "./code-file.ts";
export type { ModuleFormat } from "./module-format.ts";
