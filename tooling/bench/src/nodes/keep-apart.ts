/**
 * Two machines on one: this process keeps to some of its CPUs, the other end of a link to the rest. Otherwise the kernel puts
 * both ends of a quiet link on one CPU now and then, where a message costs less than it can between any two machines. What
 * stands between the ends (sshd, ssh, srun) is not moved; an echo's client inherits this process's CPUs, as it starts later.
 */
import { execFileSync } from "node:child_process";
import { type JobEnv, remoteEval } from "@hyperion-ts/job";
import { confineAgent } from "../functions.ts";

/**
 * Keeps the node's agent to its worker's one CPU, `there`, and this process to all others; disposing of it lets both go.
 *
 * @throws Error when there are no others
 */
export async function keepApart(env: JobEnv, there: string): Promise<AsyncDisposable> {
  // The node is this machine too, so these are the CPUs of both.
  const cpus = [...env.nodeLaunchers.values()].flatMap(({ host }) => host.allowedCpus);
  const others = cpus.filter((cpu) => String(cpu) !== there);
  if (others.length !== cpus.length - 1 || others.length === 0)
    throw new Error(`A worker on one CPU of several is needed, and it may use ${there} of ${cpus.join(",")}`);
  const place = async (here: readonly number[], agent: string): Promise<void> => {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", here.join(","), String(process.pid)], {
      stdio: "ignore",
    });
    await remoteEval(confineAgent, agent)(env);
  };
  await place(others, there);
  return { [Symbol.asyncDispose]: () => place(cpus, cpus.join(",")) };
}
