/**
 * A node's name: what Slurm calls a host. It later becomes an argument of ssh and srun and part of
 * a log file's name, so it must not begin with `-` or `.`, nor hold a slash or anything that a
 * shell would read; host names have no such characters (RFC 1123; `_` is widespread beside it).
 */
import { errorAt, type Source } from "./slurm-env-error.ts";

/** The longest name: DNS ends at 253 characters. Bounds what a short hostile hostlist can make us build. */
export const MAX_NAME_LENGTH = 255;

/**
 * `text`, checked to be the name of a node: ASCII letters, digits, `.`, `_` and `-`, of which the first is a letter, a
 * digit or `_`; at most 255 characters.
 *
 * @param variable The environment variable that the text came from, for the error's message.
 * @throws SlurmEnvError `malformed` when it is none; the message shows the first character that a name can't have
 */
export function parseNodeName(text: string, variable?: string): string {
  if (!isNodeName(text)) throw refusal({ text, variable });
  return text;
}

const isNodeName = (text: string): boolean => text.length <= MAX_NAME_LENGTH && /^\w[\w.-]*$/.test(text);

function refusal(source: Source) {
  if (source.text === "") return errorAt("malformed", source, 0, "a node's name is empty");
  if (source.text.length > MAX_NAME_LENGTH) {
    return errorAt("malformed", source, MAX_NAME_LENGTH, `a node's name has more than ${MAX_NAME_LENGTH} characters`);
  }
  const position = /^[.-]/.test(source.text) ? 0 : source.text.search(/[^\w.-]/);
  return errorAt("malformed", source, position, "a node's name can't have this character here");
}
