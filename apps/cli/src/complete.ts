/** The answer to a press of Tab. It loads what completes, and nothing that does something. */
import { readdirSync } from "node:fs";
import { type Command, RootCommand } from "@bomb.sh/tab";
import type { ArgumentDefinition, OptionDefinition } from "./command-definition.ts";
import { COMMANDS } from "./commands.ts";

/** Tells values, each with a description. */
type Handler = (found: (value: string, description: string) => void) => void;

/** Writes what the last of `words` may go on to: a line each, with a description, and what the shell should make of it. */
export function complete(words: readonly string[]): void {
  const root = new RootCommand();
  root.option("version", "print the version", "V");
  root.option("help", "show help", "h");
  for (const { name, summary, args = [], options } of COMMANDS) {
    const command = root.command(name, summary);
    for (const argument of args) addArgument(command, argument);
    for (const option of options) addOption(command, option);
    command.option("help", "show help", "h");
  }
  const help = root.command("help", "show help for a command");
  help.argument("command", (found) => {
    for (const { name, summary } of COMMANDS) found(name, summary);
  });
  root.parse([...words]);
}

function addArgument(command: Command, { syntax, choices }: ArgumentDefinition): void {
  const [, name = "", dots] = /^[<[]([^>\].]+)(\.\.\.)?/u.exec(syntax) ?? [];
  command.argument(name, valuesOf(name, choices), dots !== undefined);
}

function addOption(command: Command, { syntax, description, choices }: OptionDefinition): void {
  const [, short, long = "", value] = /^(?:-(\w), )?--([\w-]+)(?: <([^>]+)>)?$/u.exec(syntax) ?? [];
  if (value === undefined) command.option(long, description, short);
  else command.option(long, description, valuesOf(value, choices) ?? nothing, short);
}

const nothing: Handler = () => undefined;

const valuesOf = (name: string, choices: readonly string[] | undefined): Handler | undefined => {
  if (choices !== undefined) return (found) => choices.forEach((choice) => found(choice, ""));
  return name.startsWith("dir") ? directories : undefined;
};

const directories: Handler = (found) => {
  for (const entry of readdirSync(".", { withFileTypes: true }))
    if (entry.isDirectory() && !entry.name.startsWith(".")) found(entry.name, "");
};
