/** What a retry may change, as a person writes it after `hyperion retry`, and as a hold's file keeps it. Pure. */
import { HoldsError } from "./holds-error.ts";

/** Changes for a retry; each is written as sbatch's option of that name is. */
export interface HoldChanges {
  /** Memory of each node: `"16G"`. Of a remote call: its share. */
  readonly mem?: string;
  /** How long it may run: `"4:00:00"`. */
  readonly time?: string;
  /** Nodes that it must not get, beside those that it must not get already: `"n3"`, `"n[1-3],n7"`. */
  readonly exclude?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** CPUs of each node; of a remote call: its CPUs. */
  readonly cpus?: string;
  /** How many nodes: `"4"`, `"2-4"`. */
  readonly nodes?: string;
}

/** The name of a change. */
export type HoldChangeName = keyof HoldChanges;

/** How each is written, for who writes it otherwise. */
const FORMS: Readonly<Record<HoldChangeName, readonly [form: RegExp, words: string]>> = {
  mem: [/^(?=.*[1-9])\d{1,9}(?:\.\d{1,3})?[KMGT]?$/iu, "an amount such as 500M or 16G"],
  time: [
    /^(?=.*[1-9])(?:\d{1,5}|\d{1,5}:\d{2}|\d{1,5}:\d{2}:\d{2}|\d{1,5}-\d{1,2}(?::\d{2}){0,2})$/u,
    "minutes, or a time such as 4:00:00 (hours, minutes, seconds) or 1-12:00:00 (with days)",
  ],
  exclude: [/^[\w.-][\w.,[\]-]{0,999}$/u, "names of nodes such as n3 or n[1-3],n7"],
  partition: [/^[\w.-][\w.,-]{0,199}$/u, "the name of a partition"],
  account: [/^[\w.@+-]{1,200}$/u, "the name of an account"],
  qos: [/^[\w.@+-]{1,200}$/u, "the name of a QOS"],
  cpus: [/^[1-9]\d{0,4}$/u, "a whole number from 1 on"],
  nodes: [/^[1-9]\d{0,4}(?:-[1-9]\d{0,4})?$/u, "a whole number from 1 on, or two as in 2-4"],
};

const isChange = (name: string): name is HoldChangeName => Object.hasOwn(FORMS, name);

/** The names of all changes, in the order in which they are shown. */
export const HOLD_CHANGE_NAMES: readonly HoldChangeName[] = Object.keys(FORMS).filter(isChange);

/**
 * Changes out of options that may be others, or missing.
 *
 * @throws HoldsError `bad-change`, which says how it is written
 */
export function readChanges(options: Readonly<Record<string, unknown>>): HoldChanges {
  const given = HOLD_CHANGE_NAMES.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, readChange(name, options[name])]));
}

function readChange(name: HoldChangeName, value: unknown): string {
  const [form, words] = FORMS[name];
  if (typeof value !== "string" || !form.test(value))
    throw new HoldsError("bad-change", `--${name} has to be ${words}, not ${JSON.stringify(value)}`);
  return value;
}

/** Changes on top of others: nodes that are to be left out add up, each other one takes the place of the one before. */
export function withChanges(before: HoldChanges, more: HoldChanges): HoldChanges {
  const exclude = [before.exclude, more.exclude].filter((nodes) => nodes !== undefined).join(",");
  return { ...before, ...more, ...(exclude === "" ? {} : { exclude }) };
}

/** `--mem 16G --time 4:00:00`. A shell takes brackets for a pattern of file names. */
export const changesText = (changes: HoldChanges): string =>
  HOLD_CHANGE_NAMES.flatMap((name) => {
    const value = changes[name];
    return value === undefined ? [] : [`--${name} ${value.includes("[") ? `'${value}'` : value}`];
  }).join(" ");

/** `hyperion retry 3Fa --mem 16G`. */
export const retryCommand = (id: string, changes: HoldChanges): string =>
  `hyperion retry ${id} ${changesText(changes)}`.trimEnd();
