/** What a command is, as data: its help, its page of documentation and its completion are made of this, and nothing is loaded for it. */
import type { HoldChanges } from "@hyperion-ts/holds";
import type { ExitCode } from "./output/exit-code.ts";
import type { Terminal } from "./output/terminal.ts";

/** An argument that is no option. */
export interface ArgumentDefinition {
  /** As commander writes it: `"<id>"`, `"[dir]"`, `"[dirs...]"`. */
  readonly syntax: string;
  readonly description: string;
  /** The only values that there are. Default: any. */
  readonly choices?: readonly string[];
}

/** An option. */
export interface OptionDefinition {
  /** As commander writes it: `"-d, --dir <dir>"`, `"--json"`. */
  readonly syntax: string;
  readonly description: string;
  /** The only values that there are. Default: any. */
  readonly choices?: readonly string[];
  /** Whether it is a whole number, of 1 at least. */
  readonly isCount?: boolean;
  /** Whether it may be given several times. */
  readonly isList?: boolean;
}

/** What all commands may be given, with what a retry may change. Each takes some of it. */
export interface CommandOptions extends HoldChanges {
  readonly dir?: string;
  readonly run?: string;
  readonly job?: string;
  readonly json?: boolean;
  readonly most?: number;
  readonly failed?: boolean;
  readonly running?: boolean;
  readonly waiting?: boolean;
  readonly slowest?: boolean;
  readonly watch?: boolean;
  readonly once?: boolean;
  readonly follow?: boolean;
  readonly lines?: number;
  readonly path?: boolean;
  readonly head?: boolean;
  readonly jobs?: boolean;
  readonly local?: boolean;
  readonly slurm?: boolean;
  readonly node?: readonly string[];
  readonly wait?: boolean;
  readonly where?: readonly string[];
  readonly format?: "table" | "json" | "ndjson" | "csv";
  readonly origin?: boolean;
  readonly delete?: boolean;
  readonly yes?: boolean;
  readonly all?: boolean;
  readonly sameReason?: boolean;
}

/** A command line, understood. */
export interface Invocation {
  /** The arguments, in the order of their definitions. */
  readonly args: readonly string[];
  readonly options: CommandOptions;
  readonly terminal: Terminal;
}

/** What a command does. */
export type CommandBody = (invocation: Invocation) => Promise<ExitCode>;

/** A command. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What else a person should know, in lines of at most 78 characters. */
  readonly details?: string;
  readonly args?: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  /** Whether what follows its first argument is another program's. Default: false. */
  readonly passesOn?: boolean;
  /** Command lines, and what each does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Loads what it does. */
  readonly load: () => Promise<CommandBody>;
}
