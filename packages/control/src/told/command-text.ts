/** A program as a person would name it. */
import type { RunIdentity } from "./control-answers.ts";

/** The program's file without its directory, and its arguments. */
export const commandText = ([file = "", ...args]: RunIdentity["command"]): string =>
  [file.replace(/^.*\//u, ""), ...args].join(" ");
