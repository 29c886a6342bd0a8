/**
 * Which code the rows of a map come from. A row has its program's id; beside it stands, once for each program, map and remote
 * function, the hash of the function's code with which that program computed values of that map. So a row's origin
 * costs nothing, and a changed function is known from all the rows that its old code has computed.
 */
import type { Connection } from "./connection.ts";
import type { JsonValue } from "./json-value.ts";

/** The hash of a remote function's code in this program; undefined where it is not known. */
export type CodeOfToday = (functionName: string) => string | undefined;

/** What is known of a row's code: computed by the code of today, by other code, or by a program that has not said. */
export type RowCode = "same" | "other" | "unknown";

/** Results of a map that other code than today's has computed. */
export interface OtherCode {
  /** The map's name. */
  readonly map: string;
  /** How many keys have such a value as their newest. */
  readonly results: number;
  /** The remote functions whose code has changed since. */
  readonly functions: readonly string[];
  /** The last of the programs that computed them. */
  readonly programId: string;
  /** When that program was started: text of SQLite, in UTC, such as `"2026-11-25 12:15:00"`; undefined: not known. */
  readonly startedAt: string | undefined;
}

/** A program that has computed values of a map. */
export interface ProgramOrigin {
  /** Its id. */
  readonly id: string;
  /** When it was started: ISO 8601; null: not known, as of programs that do not say. */
  readonly startedAt: string | null;
  /** What it has said of itself, such as the commit of its git repository; null: nothing. */
  readonly about: JsonValue;
  /** The remote functions that it computed values of the map with, and the hashes of their code. */
  readonly codes: FunctionCodes;
}

/** Functions and the hashes of their code. */
export type FunctionCodes = ReadonlyMap<string, string>;

const WRITE_ORIGIN =
  "insert into hyperion_ts_origin(program_id, about) values (?, ?) on conflict(program_id) do update set about = excluded.about";
const NO_CODES: FunctionCodes = new Map();

/** The origins of an open database's rows. All throw what SQLite throws. */
export class RowOrigins {
  readonly #connection: Connection;
  readonly #programId: string;
  readonly #codeOfToday: CodeOfToday;
  /** By map and program. */
  readonly #codes = new Map<string, Map<string, Map<string, string>>>();
  readonly #verdicts = new Map<string, Map<string, RowCode>>();
  /** What is to be written of the program itself. */
  #about: string | undefined;
  #unwritten: {
    readonly map: string;
    readonly programId: string;
    readonly functionName: string;
    readonly hash: string;
  }[] = [];

  /** Without `codeOfToday` no code is noted, and that of no row is known. */
  constructor(connection: Connection, programId: string, codeOfToday?: CodeOfToday) {
    this.#connection = connection;
    this.#programId = programId;
    this.#codeOfToday = codeOfToday ?? (() => undefined);
    if (codeOfToday !== undefined) this.describeProgram({});
  }

  /** What is known of this program beside its id. Written with the next rows. */
  describeProgram(about: Readonly<Record<string, JsonValue>>): void {
    this.#about = JSON.stringify(about);
  }

  /** A value of `map` is computed with a function: with its code of today, unless `hash` says with which. Written with the next rows. */
  note(map: string, functionName: string, hash = this.#codeOfToday(functionName)): void {
    this.noteOf(this.#programId, map, functionName, hash);
  }

  /** The same of the program `programId`, whose values come in. True where that was not known. */
  noteOf(programId: string, map: string, functionName: string, hash: string | undefined): boolean {
    const noted = this.#codesOfProgram(map, programId);
    // A hash that is not today's came with a remembered value, and stays: it is what makes this value one of other code.
    if (
      hash === undefined ||
      noted.get(functionName) === hash ||
      (noted.has(functionName) && hash === this.#codeOfToday(functionName))
    )
      return false;
    noted.set(functionName, hash);
    this.#unwritten.push({ map, programId, functionName, hash });
    this.#verdicts.clear();
    return true;
  }

  /** Writes what was noted, within the transaction that writes rows. It is written again with the next one, until `committed` is called. */
  write(): void {
    if (this.#about !== undefined) this.#connection.prepare(WRITE_ORIGIN).run(this.#programId, this.#about);
    if (this.#unwritten.length === 0) return;
    const insert = this.#connection.prepare(
      "insert or replace into hyperion_ts_code(kv_map, program_id, function, hash) values (?, ?, ?, ?)",
    );
    for (const { map, programId, functionName, hash } of this.#unwritten)
      insert.run(map, programId, functionName, hash);
  }

  /** What was written is committed, and need not be written again. */
  committed(): void {
    this.#about = undefined;
    if (this.#unwritten.length > 0) this.#unwritten = [];
  }

  /** With which functions' code a program has computed values of a map. */
  functionsOf(map: string, programId: string): FunctionCodes {
    return this.#codesOf(map).get(programId) ?? NO_CODES;
  }

  /** What is known of a program that has written rows of a map. */
  ofProgram(map: string, id: string): ProgramOrigin {
    const known = this.#connection
      .prepare("select started_at as startedAt, about from hyperion_ts_origin where program_id = ?")
      .get(id);
    const { startedAt, about } = known ?? {};
    return {
      id,
      startedAt: typeof startedAt === "string" ? `${startedAt.replace(" ", "T")}Z` : null,
      about: typeof about === "string" ? (JSON.parse(about) as JsonValue) : null,
      codes: this.functionsOf(map, id),
    };
  }

  /** Which code a row of `map` is from that `programId` has written. */
  codeOf(map: string, programId: string): RowCode {
    const ofMap = this.#verdicts.get(map) ?? new Map<string, RowCode>();
    const known = ofMap.get(programId);
    if (known !== undefined) return known;
    const verdict = this.#compare(map, programId);
    // The code of this program's functions may become known only later.
    if (programId !== this.#programId || verdict !== "unknown") this.#verdicts.set(map, ofMap.set(programId, verdict));
    return verdict;
  }

  /** What of a map other code has computed, as `codeOf` judges; undefined where there is nothing. */
  otherCode(map: string): OtherCode | undefined {
    const programs = [...this.#codesOf(map).keys()].filter((programId) => this.codeOf(map, programId) === "other");
    const statement = this.#connection.prepare(`
      select count(*) as results, max(rowid) as last from hyperion_key_val
      where rowid in (select max(rowid) from hyperion_key_val where kv_map = ? group by key) and program_id in (select value from json_each(?))`);
    const { results, last } = statement.get(map, JSON.stringify(programs)) ?? {};
    const program = this.#connection
      .prepare("select program_id from hyperion_key_val where rowid = ?")
      .get(last ?? null)?.["program_id"];
    if (typeof program !== "string") return undefined;
    const started = this.#connection
      .prepare("select started_at from hyperion_ts_origin where program_id = ?")
      .get(program)?.["started_at"];
    const functions = new Set(programs.flatMap((programId) => this.changed(this.functionsOf(map, programId))));
    return {
      map,
      results: Number(results),
      functions: [...functions],
      programId: program,
      startedAt: typeof started === "string" ? started : undefined,
    };
  }

  /** Which of these functions have other code today, as far as that is known. */
  changed(codes: FunctionCodes): readonly string[] {
    return [...codes].flatMap(([name, hash]) => ((this.#codeOfToday(name) ?? hash) === hash ? [] : [name]));
  }

  #compare(map: string, programId: string): RowCode {
    const codes = this.functionsOf(map, programId);
    if (this.changed(codes).length > 0) return "other";
    if ([...codes.keys()].some((name) => this.#codeOfToday(name) === undefined)) return "unknown";
    // A program that notes its code, and has noted none for this map, has called no remote function for it.
    return codes.size > 0 || programId === this.#programId || this.#notesCode(programId) ? "same" : "unknown";
  }

  #notesCode(programId: string): boolean {
    return (
      this.#connection.prepare("select 1 as found from hyperion_ts_origin where program_id = ?").get(programId) !==
      undefined
    );
  }

  #codesOfProgram(map: string, programId: string): Map<string, string> {
    const codes = this.#codesOf(map);
    const ofProgram = codes.get(programId) ?? new Map<string, string>();
    codes.set(programId, ofProgram);
    return ofProgram;
  }

  #codesOf(map: string): Map<string, Map<string, string>> {
    const known = this.#codes.get(map);
    if (known !== undefined) return known;
    const codes = new Map<string, Map<string, string>>();
    for (const { program_id: program, function: name, hash } of this.#connection
      .prepare("select program_id, function, hash from hyperion_ts_code where kv_map = ?")
      .all(map)) {
      const ofProgram = codes.get(String(program)) ?? new Map<string, string>();
      codes.set(String(program), ofProgram.set(String(name), String(hash)));
    }
    this.#codes.set(map, codes);
    return codes;
  }
}
