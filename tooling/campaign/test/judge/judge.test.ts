/** The judge on evidence that is made up: a sound round, and the same with one thing wrong. */
import { expect, test } from "vitest";
import type { Evidence, ProgramEnd, StoredRow } from "../../src/judge/evidence.ts";
import { COUNTS, isSound, judge, type Verdict } from "../../src/judge/judge.ts";
import {
  COMPLETES,
  COMPLETES_BUT_FOR_HOSTILE,
  type ExpectedEnd,
  fails,
  isKilled,
} from "../../src/judge/program-end.ts";
import { valueOf } from "../../src/plan.ts";
import type { Acknowledgement, Note } from "../../src/program/journal.ts";

const exited = (code: number | null, output = "", signal: string | null = null): ProgramEnd => ({
  type: "exited",
  code,
  signal,
  output,
});
const acknowledged = (run: string, key: number, at: number): Acknowledgement => ({
  what: "acknowledged",
  run,
  key,
  at,
});
const note = (what: Note["what"], run: string, key: number, more: Partial<Note> & Pick<Note, "at">): Note => ({
  what,
  run,
  key,
  attempt: 1,
  node: "n1",
  pid: 100 + key,
  mask: "0",
  lease: [0],
  ...more,
});
const attempt = (run: string, key: number, at: number, more: Partial<Note> = {}): Note[] => [
  note("begin", run, key, { ...more, at }),
  note("end", run, key, { ...more, at: at + 5 }),
];
const row = (key: number, times = 1): StoredRow => ({ key, value: valueOf(key), times });
const calls = [0, 1, 2].map((key) => ({ key, ms: 5 }));

/** Killed after two of three calls; the second run computes the third. */
const sound: Evidence = {
  calls,
  acknowledgements: [
    acknowledged("1", 0, 10),
    acknowledged("1", 1, 20),
    acknowledged("2", 0, 100),
    acknowledged("2", 1, 100),
    acknowledged("2", 2, 120),
  ],
  notes: [...attempt("1", 0, 1), ...attempt("1", 1, 11), note("begin", "1", 2, { at: 21 }), ...attempt("2", 2, 110)],
  first: { end: exited(null, "", "SIGKILL"), leftProcesses: [], rows: [row(0), row(1)] },
  others: [],
  rowsBetween: [row(0), row(1)],
  secondAt: 95,
  second: { end: exited(0), leftProcesses: [], rows: [row(0), row(1), row(2)] },
  leftFiles: [],
};
const killed = { ends: [isKilled("SIGKILL")] };

const found = (verdict: Verdict): Partial<Record<string, number>> =>
  Object.fromEntries(COUNTS.flatMap((kind) => (verdict[kind].length > 0 ? [[kind, verdict[kind].length]] : [])));
const foundIn = (
  change: Partial<Evidence>,
  expectation: Parameters<typeof judge>[1] = killed,
): Partial<Record<string, number>> => found(judge({ ...sound, ...change }, expectation));

test("nothing is found in a sound round", () => {
  expect(isSound(judge(sound, killed))).toBe(true);
});

test("a result that was acknowledged and is not stored is lost, and so is one with another value", () => {
  expect(foundIn({ first: { ...sound.first, rows: [row(0)] } })).toEqual({ lost: 1 });
  expect(foundIn({ first: { ...sound.first, rows: [row(0), { key: 1, value: 7, times: 1 }] } })).toEqual({ lost: 1 });
  expect(foundIn({ second: { ...sound.second, rows: [row(0), row(1)] } })).toEqual({ lost: 1 });
});

test("what the fault itself has destroyed is not lost, what was acknowledged after it is", () => {
  const destroyed = { first: { ...sound.first, rows: [] }, rowsBetween: [], destroyedBefore: 15 };
  const again = [...sound.notes, ...attempt("2", 0, 130), ...attempt("2", 1, 140)];
  expect(foundIn({ ...destroyed, notes: again })).toEqual({ lost: 1 });
  expect(foundIn({ ...destroyed, notes: again, destroyedBefore: 25 })).toEqual({});
});

test("a result that was there and is computed again is doubled, in the same run or the next, and so is a second row", () => {
  expect(foundIn({ notes: [...sound.notes, ...attempt("1", 0, 40)] })).toEqual({ doubled: 1 });
  expect(foundIn({ notes: [...sound.notes, ...attempt("2", 1, 130)] })).toEqual({ doubled: 1 });
  expect(foundIn({ second: { ...sound.second, rows: [row(0, 2), row(1), row(2)] } })).toEqual({ doubled: 1 });
});

test("a further attempt of a call whose result nobody has is not doubled", () => {
  expect(foundIn({ notes: [...sound.notes, ...attempt("1", 2, 30, { attempt: 2, pid: 300 })] })).toEqual({});
});

test("where nothing has happened to calls, each that begins a second time is doubled", () => {
  const again = [...sound.notes, ...attempt("1", 1, 13, { pid: 300, lease: [1], mask: "1" })];
  expect(foundIn({ notes: again })).toEqual({});
  const untouched = sound.notes.filter(({ at }) => at !== 21);
  expect(foundIn({ notes: untouched }, { ...killed, once: true })).toEqual({});
  expect(foundIn({ notes: [...untouched, ...again.slice(-2)] }, { ...killed, once: true })).toEqual({ doubled: 1 });
});

test("two calls on one CPU are found by what the kernel says, and by their leases where it allows more", () => {
  const beside = (more: Partial<Note>): Note[] => [...sound.notes, ...attempt("2", 9, 112, more)];
  expect(foundIn({ notes: beside({}) })).toEqual({ cpusTwice: 1 });
  expect(foundIn({ notes: beside({ mask: "0-3" }) })).toEqual({ cpusTwice: 1 });
  expect(foundIn({ notes: beside({ lease: [1], mask: "1" }) })).toEqual({});
  expect(foundIn({ notes: beside({ node: "n2" }) })).toEqual({});
  // It was given CPU 1, and pinned to CPU 0.
  expect(foundIn({ notes: beside({ lease: [1] }) })).toEqual({ cpusTwice: 1 });
});

test("a call that never ended has its CPU as long as it was seen at work", () => {
  const orphan = [note("begin", "1", 2, { at: 21 }), note("alive", "1", 2, { at: 113 })];
  expect(foundIn({ notes: [...sound.notes, ...orphan] })).toEqual({ cpusTwice: 1 });
});

test("processes and files that are there afterwards are left over", () => {
  expect(foundIn({ first: { ...sound.first, leftProcesses: ["process 7"] }, leftFiles: ["/tmp/x"] })).toEqual({
    leftOver: 2,
  });
});

test("a run that does not end hangs, whichever it is", () => {
  const hung: ProgramEnd = { type: "hung", afterMs: 30_000, state: "asleep" };
  expect(foundIn({ first: { ...sound.first, end: hung } })).toEqual({ hangs: 1 });
  expect(foundIn({ others: [hung] })).toEqual({ hangs: 1 });
  expect(foundIn({ second: { ...sound.second, end: hung } })).toEqual({ hangs: 1 });
});

test("a second run that is not complete is an unexpected end", () => {
  expect(foundIn({ second: { ...sound.second, end: exited(1, "why") } })).toEqual({ unexpectedEnds: 1 });
  expect(foundIn({ acknowledgements: sound.acknowledgements.slice(0, -1) })).toEqual({ unexpectedEnds: 1 });
});

test.for<[string, ProgramEnd, ExpectedEnd, boolean]>([
  ["code 0 without all results", exited(0), COMPLETES, false],
  ["another signal", exited(null, "", "SIGKILL"), isKilled("SIGTERM"), false],
  ["a shell's code for the signal", exited(137), isKilled("SIGKILL"), true],
  ["a job's state", exited(null, "", "CANCELLED 15"), isKilled("CANCELLED"), true],
  ["a job that a signal ended", exited(null, "", "FAILED 9"), isKilled("SIGKILL"), true],
  ["the message that it should have", exited(1, "the disk is full"), fails(/full/), true],
  ["another message", exited(1, "undefined is not a function"), fails(/full/), false],
  ["the message with code 0", exited(0, "the disk is full"), fails(/full/), false],
  ["calls without results that behave", exited(1), COMPLETES_BUT_FOR_HOSTILE, false],
])("%s", ([, end, expected, isFine]) => {
  expect(foundIn({ first: { ...sound.first, end } }, { ends: [expected] })).toEqual(
    isFine ? {} : { unexpectedEnds: 1 },
  );
});

test("hostile calls may fail, and those that behave pay for them only where that is said", () => {
  const hostile = [...calls.slice(0, 2), { key: 2, ms: 5, hostile: { does: "exits", attempts: 3 } as const }];
  const first = { ...sound.first, end: exited(1) };
  const notes = [...sound.notes, ...attempt("1", 1, 6, { attempt: 2 })];
  expect(foundIn({ calls: hostile, first }, { ends: [COMPLETES_BUT_FOR_HOSTILE] })).toEqual({});
  expect(foundIn({ calls: hostile, first, notes }, { ends: [COMPLETES_BUT_FOR_HOSTILE] })).toEqual({});
  expect(foundIn({ calls: hostile, first, notes }, { ends: [COMPLETES_BUT_FOR_HOSTILE], sparesOthers: true })).toEqual({
    unexpectedEnds: 1,
  });
});
