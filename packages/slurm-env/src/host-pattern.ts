/**
 * The grammar of hostlists, read and counted but not yet expanded: a list that stands for too many
 * names, or a name that would be too long, is refused before any memory is spent on it.
 *
 *     hostlist = pattern *( "," pattern )
 *     pattern  = 1*( text / "[" ranges "]" )        text: letters, digits, "." "_" "-"
 *     ranges   = range *( "," range )               range: digits [ "-" digits ]
 */
import { Cursor } from "./cursor.ts";
import { MAX_NAME_LENGTH } from "./node-name.ts";
import { countNumbers, MAX_NAMES, parseNumberRanges, type NumberRange } from "./number-ranges.ts";
import type { Source } from "./slurm-env-error.ts";

/** One bracket group, and the text that precedes it. */
export interface BracketGroup {
  /** The text between the last group, or the beginning, and this one. */
  readonly before: string;
  /** What stands in the brackets. */
  readonly ranges: readonly NumberRange[];
}

/** One comma-separated member of a hostlist: its groups, the text after the last one, its count of names. */
export interface HostPattern {
  /** The bracket groups, in order. */
  readonly groups: readonly BracketGroup[];
  /** The text behind the last of them. */
  readonly after: string;
  /** How many names the pattern stands for. */
  readonly count: number;
}

/**
 * The patterns of a hostlist, in its order.
 *
 * @throws SlurmEnvError `malformed` when it is no hostlist, `too-many-names` when it stands for more than 65,536 names
 */
export function parseHostPatterns(source: Source): readonly HostPattern[] {
  const cursor = new Cursor(source);
  const patterns: HostPattern[] = [];
  let count = 0;
  do {
    const position = cursor.at;
    const pattern = parsePattern(cursor);
    count += pattern.count;
    if (count > MAX_NAMES) throw tooManyNames(cursor, position);
    patterns.push(pattern);
  } while (cursor.take(","));
  if (!cursor.atEnd) throw cursor.error(unexpectedCharacter(cursor.next));
  return patterns;
}

function parsePattern(cursor: Cursor): HostPattern {
  const start = cursor.at;
  const groups: BracketGroup[] = [];
  let count = 1;
  let length = 0;
  let text = parseText(cursor);
  if (/^[.-]/.test(text)) throw cursor.error(`a name can't begin with "${text.charAt(0)}"`, start);
  while (cursor.next === "[") {
    const open = cursor.at;
    const ranges = parseGroup(cursor);
    count *= countNumbers(ranges);
    if (count > MAX_NAMES) throw tooManyNames(cursor, open);
    groups.push({ before: text, ranges });
    length += text.length + longestNumber(ranges);
    if (length > MAX_NAME_LENGTH) throw nameTooLong(cursor, start);
    text = parseText(cursor);
  }
  if (cursor.at === start)
    throw cursor.error(cursor.atEnd || cursor.next === "," ? "a name is empty" : unexpectedCharacter(cursor.next));
  if (length + text.length > MAX_NAME_LENGTH) throw nameTooLong(cursor, start);
  return { groups, after: text, count };
}

const parseText = (cursor: Cursor): string => cursor.takeWhile(/[\w.-]+/y);

function parseGroup(cursor: Cursor): readonly NumberRange[] {
  const open = cursor.at;
  cursor.take("[");
  if (cursor.next === "]") throw cursor.error("the brackets are empty", open);
  const ranges = parseNumberRanges(cursor);
  if (cursor.take("]")) return ranges;
  throw cursor.atEnd
    ? cursor.error("this bracket is never closed", open)
    : cursor.error('a number can be followed by "-", "," or "]"');
}

const longestNumber = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((longest, { high, width }) => Math.max(longest, width, high.toString().length), 0);

const tooManyNames = (cursor: Cursor, position: number) =>
  cursor.error(`the list stands for more than ${MAX_NAMES} names`, position, "too-many-names");

const nameTooLong = (cursor: Cursor, position: number) =>
  cursor.error(`a name has more than ${MAX_NAME_LENGTH} characters`, position);

function unexpectedCharacter(character: string): string {
  if (character === "]") return 'this "]" has no "[" before it';
  if (/\s/.test(character)) return "a hostlist has no white space; names are separated by commas";
  return "a node's name can't have this character";
}
