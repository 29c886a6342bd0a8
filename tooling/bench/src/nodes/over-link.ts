/** What a call to another node costs, a question for each way there. */
import type { Answer, Question } from "../question.ts";
import { CPUS } from "../workspace.ts";
import { answerOf, benchCluster } from "./bench-cluster.ts";
import type { Link } from "./link.ts";

/** The question of what a call costs over a link. */
export const overLink = ({ name, what }: Link): Question => ({
  name,
  group: "nodes",
  asks: `What does a call to another node cost over ${what}, beside raw buffers on the same kind of connection?`,
  answer: async (effort) => {
    await using cluster = await benchCluster({ nodes: [{ name: "n1", cpus: CPUS }] });
    // The head is on the login node: the workers' node is another one.
    return await answerOf<Answer>(cluster, {
      node: "login",
      within: ["salloc", "--quiet", "--nodes=1", "--exclusive"],
      program: ["link-main.ts", name, effort],
    });
  },
});
