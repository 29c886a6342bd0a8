/** `hyperion results`: what is stored. It is read from a copy of the file, also while a program writes it, which notices nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ControlError, lookAtRun } from "@hyperion-ts/control";
import { countText } from "@hyperion-ts/progress";
import { openResults, type ResultsSnapshot, type StoredRow } from "@hyperion-ts/results";
import { chooseRun, type RunChoice } from "../choose-run.ts";
import type { CommandBody, CommandOptions } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { tableText } from "../output/table.ts";
import { screenOf, type Terminal, usesColour } from "../output/terminal.ts";

export const results: CommandBody = async ({ args: [map], options, terminal }) => {
  await using database = await openResults({ path: await databaseOf(options), readOnly: true });
  if (database.notice !== undefined) terminal.stderr.write(`${database.notice}\n`);
  if (map === undefined) writeMaps(database, options, terminal);
  else await writeRows(database, map, options, terminal);
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

async function writeRows(
  database: ResultsSnapshot,
  map: string,
  { where = [], most, json, format }: CommandOptions,
  terminal: Terminal,
): Promise<void> {
  if (!database.maps().some(({ name }) => name === map)) throw noMap(database, map);
  const conditions = where.map(condition);
  const all = (await database.lookupAll(map)).filter(({ key }) => conditions.every((holds) => holds(key)));
  const rows = most === undefined ? all : all.slice(-most);
  if (format === "ndjson") for (const row of rows) terminal.stdout.write(`${jsonOf(row)}\n`);
  else if (json === true || format === "json") terminal.stdout.write(`[${rows.map(jsonOf).join(",")}]\n`);
  else {
    terminal.stdout.write(
      tableText(
        [{ heading: "KEY" }, { heading: "VALUE" }],
        rows.map(({ key, value }) => [key, value]),
        { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
      ),
    );
    terminal.stderr.write(`${countText(rows.length)} of ${countText(all.length)} results\n`);
  }
}

function noMap(database: ResultsSnapshot, map: string): ControlError {
  const names = database.maps().map(({ name }) => name);
  const there = names.length === 0 ? "it has none yet" : `it has ${names.join(", ")}`;
  return new ControlError("not-found", `${database.path} has no map ${map}: ${there}`);
}

/** The texts as they are stored: both are JSON, numbers with all their digits. */
const jsonOf = ({ key, value }: StoredRow): string => `{"key":${key},"value":${value}}`;

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
