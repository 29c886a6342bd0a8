/**
 * A node's name: what Slurm calls a host. It later becomes an argument of ssh and srun and part of
 * a log file's name, so it must not begin with `-` or `.`, nor hold a slash or anything that a
 * shell would read; host names have no such characters (RFC 1123; `_` is widespread beside it).
 */
import type { Brand } from "./brand.ts";
import { errorAt, type Source } from "./slurm-env-error.ts";

/** The name of a node: ASCII letters, digits, `.`, `_` and `-`; the first is a letter, a digit or `_`. */
export type NodeName = Brand<string, "NodeName">;

/** The longest name: DNS ends at 253 characters. Bounds what a short hostile hostlist can make us build. */
export const maxNameLength = 255;

/**
 * Checks that a text is a node's name.
 *
 * @throws SlurmEnvError `malformed`, with the first character that a name can't have.
 */
export const parseNodeName = (text: string, variable?: string): NodeName => {
  if (!isNodeName(text)) throw refusal({ text, variable });
  return text;
};

const isNodeName = (text: string): text is NodeName => text.length <= maxNameLength && /^\w[\w.-]*$/.test(text);

const refusal = (source: Source) => {
  if (source.text === "") return errorAt("malformed", source, 0, "a node's name is empty");
  if (source.text.length > maxNameLength) {
    return errorAt("malformed", source, maxNameLength, `a node's name has more than ${maxNameLength} characters`);
  }
  const position = /^[.-]/.test(source.text) ? 0 : source.text.search(/[^\w.-]/);
  return errorAt("malformed", source, position, "a node's name can't have this character here");
};
