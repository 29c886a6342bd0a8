import { expect, it } from "vitest";
import { hostsFile, passwdFile, shadowFile } from "../src/account-files.ts";
import { planCluster } from "../src/cluster-plan.ts";

const plan = planCluster({ nodes: [{ name: "n1", cpus: 1 }], users: [{ name: "alice", shell: "/bin/tcsh" }] });

it("the cluster's users take the place of the machine's of the same name; its daemons' users stay", () => {
  const machines =
    "root:x:0:0:root:/root:/bin/bash\nmunge:x:102:105::/nonexistent:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/bash\n";
  expect(passwdFile(machines, plan.users)).toBe(
    "root:x:0:0::/home/root:/bin/bash\nalice:x:20001:20001::/home/alice:/bin/tcsh\nmunge:x:102:105::/nonexistent:/usr/sbin/nologin\n",
  );
  expect(shadowFile("root:$y$secret:1::::::\n", plan.users)).not.toContain("secret");
});

it("every machine finds every other one by name", () => {
  expect(hostsFile(plan)).toBe("127.0.0.1 localhost\n::1 localhost\n10.99.0.1 login\n10.99.0.2 n1\n");
});
