/** The one error of a submission: Slurm does not take the job, and a person has to change something. */
import type { SbatchRefusal } from "./sbatch-answer.ts";
import { sentence } from "./sentence.ts";
import { type SbatchCommand, showCommand, type SubmissionRequest } from "./sbatch-command.ts";

/** Slurm has refused a job, and would refuse it again. */
export class SubmissionError extends Error {
  override readonly name = "SubmissionError";
  readonly code = "submission-refused";
  /** Slurm's own. */
  readonly words: string;
  /** Slurm's name of the limit that was met, where it was one. */
  readonly limit: string | undefined;
  readonly argv: readonly string[];
  readonly script: string;
  /** Where the script is kept, if the request said so. */
  readonly scriptFile: string | undefined;

  constructor({ name, scriptFile }: SubmissionRequest, { argv, script }: SbatchCommand, refusal: SbatchRefusal) {
    const again = scriptFile === undefined ? "" : ` < ${showCommand([scriptFile])}`;
    super(
      `Slurm refuses the job ${name}: ${refusal.words}\n${sentence(refusal.meaning)}\nIt was submitted with:\n  ${showCommand(argv)}${again}`,
    );
    this.words = refusal.words;
    this.limit = refusal.limit;
    this.argv = argv;
    this.script = script;
    this.scriptFile = scriptFile;
  }
}
