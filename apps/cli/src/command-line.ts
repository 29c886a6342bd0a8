/**
 * The command line of `hyperion`. Commander reads it; what a command does is loaded when it is known which one is wanted, so that
 * `--version`, `--help` and mistakes are answered at once.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { CommandDefinition, CommandOptions, OptionDefinition } from "./command-definition.ts";
import { COMMANDS } from "./commands.ts";
import type { Terminal } from "./output/terminal.ts";
import { ownVersion } from "./own-version.ts";

const HELP_WIDTH = 80;
const USAGE = 2;

/**
 * Runs a command line (without `node` and the script's name), and says with which code the process should exit: 0 done, 1
 * failed, 2 wrong command line, 3 there is no such thing, 4 only a run that goes on can do that, 5 another user's. Never rejects.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = programOf(terminal, (given) => (code = given));
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has said what is wrong; its code is 0 after help and version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    const { exitCodeOf } = await import("./output/exit-code.ts");
    terminal.stderr.write(`hyperion: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodeOf(error);
  }
}

function programOf(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command("hyperion")
    .description("See what your programs do, why their calls wait, what they have stored; and stop them.")
    .version(ownVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .addHelpText("after", EXIT_TEXT)
    .enablePositionalOptions();
  prepare(program, terminal);
  for (const definition of COMMANDS) program.addCommand(commandOf(definition, terminal, ended));
  return program;
}

const EXIT_TEXT = `
Exit codes: 0 done, 1 failed, 2 wrong command line, 3 no such run, call, hold
or map,
4 only a run that goes on on this machine can do that, 5 it is another user's.`;

function commandOf(definition: CommandDefinition, terminal: Terminal, ended: (code: number) => void): Command {
  const { name, summary, details, args = [], options, passesOn = false, examples, load } = definition;
  const command = new Command(name)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.${details === undefined ? "" : `\n${details}`}`)
    .helpOption("-h, --help", "show help")
    .addHelpText("after", `\nExamples:\n${examples.map(([line, what]) => `  ${line}\n      ${what}`).join("\n")}`);
  prepare(command, terminal);
  command.passThroughOptions(passesOn);
  for (const { syntax, description, choices } of args) {
    const argument = command.createArgument(syntax, description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  for (const option of options) command.addOption(optionOf(option));
  return command.action(async () => {
    const run = await load();
    ended(await run({ args: command.args, options: command.opts<CommandOptions>(), terminal }));
  });
}

function optionOf({ syntax, description, choices, isCount, isList }: OptionDefinition): Option {
  const option = new Option(syntax, description);
  if (choices !== undefined) return option.choices(choices);
  if (isCount === true) return option.argParser(count);
  if (isList === true)
    return option.argParser((text, before: readonly string[] | undefined) => [...(before ?? []), text]);
  return option;
}

/** @throws InvalidArgumentError */
function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It has to be a whole number from 1 on.");
  return number;
}

function prepare(command: Command, { stdout, stderr }: Terminal): void {
  const width = (): number => Math.min(stdout.columns ?? HELP_WIDTH, HELP_WIDTH);
  command
    .exitOverride()
    .showHelpAfterError(`(hyperion ${command.name() === "hyperion" ? "" : `${command.name()} `}--help)`);
  command.configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: width,
    getErrHelpWidth: width,
  });
}
