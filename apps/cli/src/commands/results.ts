/** `hyperion results`: what is stored. It is read from a copy of the file, also while a program writes it, which notices nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ControlError, lookAtRun } from "@hyperion-ts/control";
import { countText, plural } from "@hyperion-ts/progress";
import { openResults, type ResultsSnapshot } from "@hyperion-ts/results";
import { chooseRun, type RunChoice } from "../choose-run.ts";
import type { CommandBody, CommandOptions } from "../command-definition.ts";
import { isConfirmed } from "../output/confirm.ts";
import { EXIT_CODES, type ExitCode } from "../output/exit-code.ts";
import { codeText, csvText, rowJson, type ShownRow } from "../output/row-texts.ts";
import { tableText } from "../output/table.ts";
import { screenOf, type Terminal, usesColour } from "../output/terminal.ts";

export const results: CommandBody = async ({ args: [map], options, terminal }) => {
  const path = await databaseOf(options);
  if (options.delete === true && map !== undefined) return await deleteRows(path, map, options, terminal);
  if (options.delete === true) {
    terminal.stderr.write("hyperion: results --delete needs a map: hyperion results lists them\n");
    return EXIT_CODES.usage;
  }
  await using database = await openResults({ path, readOnly: true });
  if (database.notice !== undefined) terminal.stderr.write(`${database.notice}\n`);
  if (map === undefined) writeMaps(database, options, terminal);
  else writeRows(database, map, options, terminal);
  return EXIT_CODES.done;
};

/** A database needs no run that has left a log. */
async function databaseOf({ dir, run }: RunChoice): Promise<string> {
  const there = [dir ?? ".", ...(dir === undefined ? ["out"] : [])].map((folder) => join(folder, "results.sqlite"));
  const file = run === undefined ? there.find((path) => existsSync(path)) : undefined;
  if (file !== undefined) return file;
  if (run === undefined && dir?.endsWith(".sqlite") === true) return dir;
  return (await (await lookAtRun(await chooseRun({ dir, run }))).report()).run.database;
}

function writeMaps(database: ResultsSnapshot, { json, format }: CommandOptions, terminal: Terminal): void {
  const maps = database.maps();
  if (json === true || format === "json") terminal.stdout.write(`${JSON.stringify(maps)}\n`);
  else if (format === "ndjson") terminal.stdout.write(maps.map((map) => `${JSON.stringify(map)}\n`).join(""));
  else if (maps.length === 0) terminal.stderr.write(`Nothing is stored in ${database.path} yet.\n`);
  else
    terminal.stdout.write(
      tableText(
        [{ heading: "MAP" }, { heading: "RESULTS", right: true }, { heading: "NEWEST (UTC)" }],
        maps.map(({ name, results, newestAt }) => [
          name,
          countText(results),
          newestAt?.replace("T", " ").replace("Z", "") ?? "",
        ]),
        { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
      ),
    );
}

function writeRows(database: ResultsSnapshot, map: string, options: CommandOptions, terminal: Terminal): void {
  const { json, format, most } = options;
  const all = chosenRows(database, map, options);
  const rows = most === undefined ? all : all.slice(-most);
  if (format === "ndjson") for (const row of rows) terminal.stdout.write(`${rowJson(row)}\n`);
  else if (json === true || format === "json") terminal.stdout.write(`[${rows.map(rowJson).join(",")}]\n`);
  else if (format === "csv") terminal.stdout.write(csvText(rows));
  else {
    const of =
      options.origin === true ? [{ heading: "PROGRAM" }, { heading: "STARTED (UTC)" }, { heading: "CODE" }] : [];
    terminal.stdout.write(
      tableText(
        [{ heading: "KEY" }, ...of, { heading: "VALUE" }],
        rows.map(({ key, value, origin }) => [
          key,
          ...(origin === undefined
            ? []
            : [origin.id, origin.startedAt?.slice(0, 16).replace("T", " ") ?? "", codeText(origin)]),
          value,
        ]),
        { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
      ),
    );
    terminal.stderr.write(`${countText(rows.length)} of ${countText(all.length)} results\n`);
  }
}

/** Those whose keys are meant; where they come from, where that is wanted. */
function chosenRows(
  database: ResultsSnapshot,
  map: string,
  { where = [], origin }: CommandOptions,
): readonly ShownRow[] {
  if (!database.maps().some(({ name }) => name === map)) throw noMap(database, map);
  const conditions = where.map(condition);
  const { rows, programs } = database.origins(map);
  const byId = new Map(programs.map((program) => [program.id, program]));
  return rows
    .filter(({ key }) => conditions.every((holds) => holds(key)))
    .map(({ key, value, programId }) => ({ key, value, ...(origin === true ? { origin: byId.get(programId) } : {}) }));
}

/** What is removed is computed again when a program asks for it: so a person is asked before. */
async function deleteRows(path: string, map: string, options: CommandOptions, terminal: Terminal): Promise<ExitCode> {
  const rows = await rowsNow(path, map, options);
  const what = `${plural(rows.length, "result")} of ${map} in ${path}`;
  if (rows.length === 0) {
    terminal.stderr.write(`There are no such results of ${map} in ${path}.\n`);
    return EXIT_CODES.done;
  }
  if (options.yes !== true && !(await isConfirmed(`Delete ${what}?`, terminal))) {
    terminal.stderr.write("Nothing was deleted.\n");
    return EXIT_CODES.failed;
  }
  await using database = await openResults({ path, programId: "hyperion" });
  await database.forget(
    map,
    rows.map(({ key }) => key),
  );
  terminal.stderr.write(`Deleted ${what}: a program that needs them computes them again.\n`);
  return EXIT_CODES.done;
}

async function rowsNow(path: string, map: string, options: CommandOptions): Promise<readonly ShownRow[]> {
  await using database = await openResults({ path, readOnly: true });
  return chosenRows(database, map, options);
}

function noMap(database: ResultsSnapshot, map: string): ControlError {
  const names = database.maps().map(({ name }) => name);
  const there = names.length === 0 ? "it has none yet" : `it has ${names.join(", ")}`;
  return new ControlError("not-found", `${database.path} has no map ${map}: ${there}`);
}

/** Whether a key has a value at a place: `n=2`, `point.x=0.5`, `name=abc`. */
function condition(text: string): (key: string) => boolean {
  const [, path = "", wanted = ""] = /^([^=]+)=(.*)$/su.exec(text) ?? [];
  if (path === "") throw new ControlError("refused", `--where ${text} is no condition: it should be like n=2`);
  return (key) => {
    const found = path.split(".").reduce<unknown>(partOf, JSON.parse(key));
    return found !== undefined && (JSON.stringify(found) === wanted || found === wanted || isNumber(found, wanted));
  };
}

const partOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** `1e-3` is `0.001`. */
const isNumber = (found: unknown, wanted: string): boolean =>
  typeof found === "number" && wanted.trim() !== "" && found === Number(wanted);
