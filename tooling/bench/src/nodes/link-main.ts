/** The head of a benchmark of a link: runs inside of an allocation as any program does, and prints the answer as one line of JSON. */
import { programInfo, runJobSlurm } from "@hyperion-ts/job";
import type { Effort } from "../question.ts";
import { LINKS } from "./link.ts";
import { measureLink } from "./measure-link.ts";

const [name, effort] = process.argv.slice(2);
const link = LINKS.find((known) => known.name === name);
if (link === undefined) throw new Error(`There is no link called ${name}`);
const { transport, tls } = link;
const answer = await runJobSlurm(programInfo("bench-of-links"), (env) => measureLink(env, link, effort as Effort), {
  progress: "none",
  reach: { transport, tls },
});
process.stdout.write(`${JSON.stringify(answer)}\n`);
