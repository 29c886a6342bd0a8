/**
 * `npm run bench [-- [--quick] [--json] [question or group ...]]`: asks the questions that are named, or all local ones, one
 * after the other, and prints their answers. Ends with code 1 when a gate is missed, unless it was only a quick look.
 */
import { parseArgs } from "node:util";
import { testbedMissing } from "@hyperion-ts/testbed";
import { ask } from "./ask.ts";
import { isMet } from "./finding.ts";
import { loadNow, thisMachine } from "./machine.ts";
import type { Answer, Question } from "./question.ts";
import { questions } from "./questions.ts";
import { showAnswer, showMachine } from "./show.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

const isMeant = (wanted: string, { name, group }: Question): boolean => wanted === name || wanted === group;

const unknown = positionals.filter((wanted) => !questions.some((question) => isMeant(wanted, question)));
if (unknown.length > 0) {
  console.error(
    `There is no question called ${unknown.join(", ")}. There are: ${questions.map(({ name }) => name).join(", ")}; all of nodes`,
  );
  process.exit(2);
}

const wanted = positionals.length === 0 ? ["local"] : positionals;
const chosen = questions.filter((question) => wanted.some((name) => isMeant(name, question)));
const missing = chosen.some(({ group }) => group === "nodes") ? testbedMissing() : null;
if (missing !== null) {
  console.error(`There can be no other nodes here. ${missing}`);
  process.exit(2);
}
const machine = thisMachine();
if (!values.json)
  console.log(`${showMachine(machine)}${values.quick ? "\nA quick look: the figures mean nothing." : ""}\n`);

const answers: Answered[] = [];
for (const question of chosen) {
  const answer = await ask(question, values.quick ? "quick" : "full");
  answers.push({ question, answer, load: loadNow() });
  if (!values.json) console.log(`${showAnswer(question, answer)}\n`);
}

if (values.json)
  console.log(JSON.stringify({ machine, quick: values.quick, answers: answers.map(asJson) }, undefined, 2));
else console.log(`load at the end ${loadNow()}`);
const missed = answers.some(({ answer }) => answer.findings.some((finding) => !isMet(finding)));
process.exitCode = missed && !values.quick ? 1 : 0;

interface Answered {
  readonly question: Question;
  readonly answer: Answer;
  /** When it was answered. */
  readonly load: number;
}

function asJson({ question: { name, asks }, answer: { figures, findings }, load }: Answered): object {
  return { name, asks, load, figures, findings: findings.map((finding) => ({ ...finding, met: isMet(finding) })) };
}
