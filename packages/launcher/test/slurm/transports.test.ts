import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe } from "vitest";
import { ClusterHead, clusterForTests } from "./cluster-head.ts";
import { type Place, transportSuite } from "./transport-suite.ts";

// A head that runs as an ordinary user on the login node, inside of an allocation of all nodes, so that all transports
// can be tried from it: one for each node.
describeOnTestbed(describe)("every transport", () => {
  // Slurm must not give a node up that is cut for a moment.
  const cluster = clusterForTests({
    nodes: ["n1", "n2", "n3", "n4", "n5"].map((name) => ({ name, cpus: 2 })),
    slurm: { SlurmdTimeout: "300" },
  });
  let head: ClusterHead;
  beforeAll(() => {
    head = new ClusterHead(cluster(), {
      within: ["salloc", "--quiet", "-N5", "--exclusive"],
      env: { ONLY_OF_THE_HEAD: "a b\n'\"$x" },
    });
  });
  afterAll(() => head[Symbol.asyncDispose]());
  const place = (): Place => ({ cluster: cluster(), head });

  transportSuite("local", { host: null, config: {} }, place);
  transportSuite("node-ssh", { host: "n1", config: { reach: { transport: { type: "node-ssh" } } } }, place);
  transportSuite("the system's ssh", { host: "n2", config: { reach: { transport: { type: "ssh" } } } }, place);
  transportSuite("srun over TLS", { host: "n3", config: { reach: { transport: { type: "srun" } } } }, place);
  transportSuite(
    "srun on its own streams",
    { host: "n4", config: { reach: { transport: { type: "srun" }, tls: false } }, bulkBytes: 20_000_000 },
    place,
  );
  transportSuite(
    "node-ssh over TLS",
    { host: "n5", config: { reach: { transport: { type: "node-ssh" }, tls: true } } },
    place,
  );
});
