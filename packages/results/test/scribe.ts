/** A program of its own that has a database open, and stores what it is told. */
import { runProgram, type Program } from "./world.ts";

export type Call =
  | readonly ["insert", map: string, key: string, value: string]
  | readonly ["forget", map: string, key: string]
  | readonly ["noteCode", map: string, functionName: string];

export type Scribe = AsyncDisposable &
  Pick<Program, "kill"> & {
    /** Resolves when all that is acknowledged. */
    readonly call: (...calls: readonly Call[]) => Promise<void>;
    /** Closes the database and ends. */
    readonly end: () => Promise<void>;
  };

/** Opens the database at `path` in a process of its own. `code` is that of all its functions, where it notes any. */
export const startScribe = async (path: string, programId: string, code?: string): Promise<Scribe> => {
  const program = runProgram("scribe.ts", path, programId, ...(code === undefined ? [] : [code]));
  const expectLine = async (expected: string | undefined): Promise<void> => {
    const line = await program.nextLine();
    if (line !== expected) throw new Error(`The scribe said ${line}`);
  };
  await expectLine("open");
  return {
    call: async (...calls) => {
      program.write(`${JSON.stringify(calls)}\n`);
      await expectLine("done");
    },
    end: async () => {
      program.endInput();
      await expectLine(undefined);
    },
    kill: program.kill,
    [Symbol.asyncDispose]: program.kill,
  };
};
