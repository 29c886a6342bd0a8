/**
 * What a benchmark is here: a question that somebody has, and an answer in figures. Each question is in a
 * file of its own under questions/.
 */
import type { Finding } from "./finding.ts";
import type { Figure } from "./figure.ts";

/** How much work goes into an answer. quick: enough to see that the question can be answered; its figures mean nothing. */
export type Effort = "full" | "quick";

/** local: needs nothing but this machine. nodes: needs a Slurm cluster of the testbed, so it is asked only where somebody names it. */
export type Group = "local" | "nodes";

/** What somebody wants to know. */
export interface Question {
  /** What is typed to ask it, e.g. `"call"`. */
  readonly name: string;
  /** Stands for all of its questions where questions are named. */
  readonly group: Group;
  /** The question itself. */
  readonly asks: string;
  /** Measures, and answers. */
  answer(effort: Effort): Promise<Answer>;
}

/** What was measured, and what follows from it. */
export interface Answer {
  /** In the order of the table. */
  readonly figures: readonly Figure[];
  /** Below the table. */
  readonly findings: readonly Finding[];
}
