/** What the keys of a lock are called: in messages, and as files. Pure. */
import { createHash } from "node:crypto";
import { canonicalJson, findNotJson, type JsonValue } from "@hyperion-ts/results/json";

/** One key. */
export interface LockKey {
  /** Its canonical JSON: equal keys have the same. */
  readonly text: string;
  /** The same, short, on one line and without control characters. */
  readonly shown: string;
  /** The name of its lock file. */
  readonly file: string;
}

/**
 * The keys, each once, in one order for all programs.
 *
 * @throws TypeError for what is no JSON value
 */
export function lockKeys(keys: JsonValue | readonly JsonValue[]): readonly LockKey[] {
  const texts = (Array.isArray(keys) ? keys : [keys]).map(textOf);
  return [...new Set(texts)].sort().map((text) => ({ text, shown: shown(text), file: `${hash(text)}.lock` }));
}

function textOf(key: JsonValue): string {
  const problem = findNotJson(key);
  if (problem === undefined) return canonicalJson(key);
  throw new TypeError(`lock: a key must be a JSON value, and ${problem.at} of this one is ${problem.found}`);
}

const MOST_SHOWN = 80;

function shown(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, "?");
  return plain.length <= MOST_SHOWN ? plain : `${plain.slice(0, MOST_SHOWN)}...`;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
