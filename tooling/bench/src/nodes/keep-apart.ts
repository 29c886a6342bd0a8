/**
 * Two machines on one: this process keeps to some of its CPUs, the other end of a link to the rest. Otherwise the kernel puts
 * both ends of a quiet link on one CPU now and then, where a message costs less than it can between any two machines. What
 * stands between the ends (sshd, ssh, srun) is not moved; an echo's client inherits this process's CPUs, as it starts later.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type JobEnv, remoteEval } from "@hyperion-ts/job";
import { confineAgent } from "../functions.ts";

/** Keeps the node's agent to the CPUs `there` and this process to all others; disposing of it lets both go. Throws an Error where there are no others. */
export async function keepApart(env: JobEnv, there: string): Promise<AsyncDisposable> {
  const all = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  const others = cpusIn(all).filter((cpu) => !cpusIn(there).includes(cpu));
  if (others.length === 0) throw new Error(`All CPUs of this machine (${all}) are the node's: two machines need two`);
  const place = async (here: string, agent: string): Promise<void> => {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", here, String(process.pid)], { stdio: "ignore" });
    await remoteEval(confineAgent, agent)(env);
  };
  await place(others.join(","), there);
  return { [Symbol.asyncDispose]: () => place(all, all) };
}

/** The CPUs of a list as the kernel writes it, `0-2,5`. */
function cpusIn(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
