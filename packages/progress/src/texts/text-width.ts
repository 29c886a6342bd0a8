/** How many columns of a terminal a text takes: a line that is one column too wide wraps, and the block can't be erased. */
import { stripVTControlCharacters } from "node:util";

/** Columns of a text without control characters. Chinese, Japanese and Korean characters and emoji take two. */
export function textWidth(text: string): number {
  if (SINGLE_WIDTH.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text itself if it fits, otherwise as much of its start as fits with `…` behind it. */
export function truncateText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let start = "";
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    start += segment;
  }
  return columns < 1 ? "" : `${start}…`;
}

/** The text without what could move the cursor or change colours, and at most 4,000 characters of it: error messages of user code may hold anything. */
export function printable(text: string): string {
  const start = text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
  return stripVTControlCharacters(start)
    .replaceAll("\t", "    ")
    .replace(/\p{Cc}/gu, "");
}

const MAX_LENGTH = 4_000;

const SINGLE_WIDTH = /^[\x20-\x7e]*$/;
const DOUBLE_WIDTH =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

const graphemeWidth = (grapheme: string): number => (DOUBLE_WIDTH.test(grapheme) ? 2 : 1);
