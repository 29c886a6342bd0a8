/** The one error of a submission: Slurm does not take the job, or could never run it, and a person has to change something. */
import type { SbatchRefusal } from "./sbatch-answer.ts";
import { sentence } from "./sentence.ts";
import { type SbatchCommand, showCommand, type SubmissionRequest } from "./sbatch-command.ts";

/** Slurm has refused a job, and would refuse it again; or it was not submitted, as no nodes can hold it. */
export class SubmissionError extends Error {
  override readonly name = "SubmissionError";
  readonly code = "submission-refused";
  /** Slurm's own; why it can never run, where Slurm was not asked. */
  readonly words: string;
  /** Slurm's name of the limit that was met, where it was one. */
  readonly limit: string | undefined;
  readonly argv: readonly string[];
  readonly script: string;
  /** Where the script is kept, if the request said so. */
  readonly scriptFile: string | undefined;

  constructor(
    { name, scriptFile }: SubmissionRequest,
    { argv, script }: SbatchCommand,
    refusal: SbatchRefusal | NeverHeld,
  ) {
    const again = scriptFile === undefined ? "" : ` < ${showCommand([scriptFile])}`;
    const command = `${showCommand(argv)}${again}`;
    super(
      refusal.kind === "never-held"
        ? `The job ${name} was not submitted, as it could never run: ${refusal.words}.\nAsk for less, or another partition. The command would be:\n  ${command}`
        : `Slurm refuses the job ${name}: ${refusal.words}\n${sentence(refusal.meaning)}\nIt was submitted with:\n  ${command}`,
    );
    this.words = refusal.words;
    this.limit = refusal.kind === "never-held" ? undefined : refusal.limit;
    this.argv = argv;
    this.script = script;
    this.scriptFile = scriptFile;
  }
}

/** No nodes can ever hold it: `words` is a clause that says why. */
export interface NeverHeld {
  readonly kind: "never-held";
  readonly words: string;
}
