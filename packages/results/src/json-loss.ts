/**
 * What JSON.parse drops or changes without a word: numbers that no double holds, and a property that is there twice.
 * Texts that this package wrote have neither; rows of other programs (Hyperion's integers and ratios) may.
 */
import { shownPath } from "./json-path.ts";
import type { JsonValue, NotJson } from "./json-value.ts";
import { keepsNumber } from "./number-text.ts";

/**
 * JSON.parse, with the first thing that it has changed. What was written by JSON.stringify is written by it again just so,
 * which is quickly seen; other texts are looked through.
 *
 * @throws SyntaxError when the text is no JSON
 */
export function parseJson(text: string): { readonly json: JsonValue; readonly loss: NotJson | undefined } {
  const json: JsonValue = JSON.parse(text);
  return { json, loss: isWrittenLike(text, json) ? undefined : findLoss(text) };
}

function isWrittenLike(text: string, json: JsonValue): boolean {
  try {
    return JSON.stringify(json) === text;
  } catch (error) {
    if (error instanceof RangeError) return false; // too deep for JSON.stringify, or too long with its escapes
    throw error;
  }
}

/** The first place in `text`, which is JSON, that JSON.parse changes, or undefined where it changes none. */
export const findLoss = (text: string): NotJson | undefined => new LossFinder(text).find();

/** An array (`names` is undefined) or object that the search is in; `step` is the index or property that it is at. */
interface Open {
  readonly names: Set<string> | undefined;
  step: number | string;
  atName: boolean;
}

/** Goes through the text once. It keeps a list of what is open and does not recurse: depth has no limit. */
class LossFinder {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(): NotJson | undefined {
    while (this.#at < this.#text.length) {
      const found = this.#read(this.#text.charCodeAt(this.#at));
      if (found !== undefined) return { at: shownPath(this.#open.map(({ step }) => step)), found };
    }
    return undefined;
  }

  #read(first: number): string | undefined {
    if (first === quote) return this.#readString();
    if (first === minus || isDigit(first)) return this.#readNumber();
    this.#at += 1;
    if (first === openBrace) this.#open.push({ names: new Set(), step: "", atName: true });
    else if (first === openBracket) this.#open.push({ names: undefined, step: 0, atName: false });
    else if (first === closeBrace || first === closeBracket) this.#open.pop();
    else if (first === comma) this.#goOn(this.#open.at(-1));
    return undefined;
  }

  #goOn(open: Open | undefined): void {
    if (typeof open?.step === "number") open.step += 1;
    else if (open) open.atName = true;
  }

  #readString(): string | undefined {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    const open = this.#open.at(-1);
    if (!open?.names || !open.atName) return undefined;
    const name: string = JSON.parse(this.#text.slice(start, this.#at));
    open.step = name;
    open.atName = false;
    return open.names.size === open.names.add(name).size
      ? "there twice, of which JavaScript reads the last"
      : undefined;
  }

  #readNumber(): string | undefined {
    const start = this.#at;
    do this.#at += 1;
    while (isInNumber(this.#text.charCodeAt(this.#at)));
    const source = this.#text.slice(start, this.#at);
    return keepsNumber(source) ? undefined : `${shownNumber(source)}, which JavaScript reads as ${Number(source)}`;
  }
}

const [quote, minus, openBrace, closeBrace, openBracket, closeBracket, comma, backslash] = [
  34, 45, 123, 125, 91, 93, 44, 92,
];

const isDigit = (character: number): boolean => character >= 48 && character <= 57;

const isInNumber = (character: number): boolean => isDigit(character) || [43, 45, 46, 69, 101].includes(character); // + - . E e

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** After an odd number of backslashes. */
function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text.charCodeAt(first - 1) === backslash) first -= 1;
  return (position - first) % 2 === 1;
}

const shownNumber = (source: string): string =>
  source.length <= 80 ? source : `${source.slice(0, 60)}... (${source.length} characters)`;
