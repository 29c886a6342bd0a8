/** All questions, in the order in which they are asked. */
import { job } from "./nodes/job.ts";
import { LINKS } from "./nodes/link.ts";
import { overLink } from "./nodes/over-link.ts";
import { start } from "./nodes/start.ts";
import type { Question } from "./question.ts";
import { call } from "./questions/call.ts";
import { idle } from "./questions/idle.ts";
import { large } from "./questions/large.ts";
import { memo } from "./questions/memo.ts";
import { pool } from "./questions/pool.ts";
import { throughput } from "./questions/throughput.ts";
import { worker } from "./questions/worker.ts";

/** All questions, in the order in which they are asked. */
export const questions: readonly Question[] = [
  call,
  throughput,
  pool,
  worker,
  large,
  memo,
  idle,
  ...LINKS.map(overLink),
  start,
  job,
];
