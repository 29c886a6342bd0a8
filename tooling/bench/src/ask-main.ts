/** Answers one question, in a process of its own: the answer is one line of JSON on standard output. */
import type { Effort } from "./question.ts";
import { questions } from "./questions.ts";

const [name, effort] = process.argv.slice(2);
const question = questions.find((known) => known.name === name);
if (question === undefined) throw new Error(`There is no question called ${name}`);
const answer = await question.answer(effort as Effort);
process.stdout.write(`${JSON.stringify(answer)}\n`);
