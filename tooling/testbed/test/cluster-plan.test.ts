import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { hosts, planCluster } from "../src/cluster-plan.ts";
import type { TestbedOptions } from "../src/index.ts";

describe("a plan", () => {
  it("gives each machine an address and a number of its own, however many there are", () => {
    assert(
      property(integer({ min: 1, max: 250 }), (size) => {
        const all = hosts(
          planCluster({ nodes: Array.from({ length: size }, (_, place) => ({ name: `n${place}`, cpus: 1 })) }),
        );
        expect(new Set(all.map(({ address }) => address)).size).toBe(size + 1);
        expect(new Set(all.map(({ index }) => index)).size).toBe(size + 1);
      }),
    );
  });

  it("lets a node's sshd settings win over the cluster's, and the login node have the cluster's", () => {
    const { login, nodes } = planCluster({
      sshd: { MaxSessions: "2", X: "1" },
      nodes: [{ name: "n1", cpus: 1, sshd: { MaxSessions: "1" } }],
    });
    expect([login.sshd, nodes[0]?.sshd]).toEqual([
      { MaxSessions: "2", X: "1" },
      { MaxSessions: "1", X: "1" },
    ]);
  });

  it("counts the CPUs of a layout", () => {
    expect(
      planCluster({ nodes: [{ name: "n1", sockets: 2, coresPerSocket: 3, threadsPerCore: 2 }] }).nodes[0]?.cpus,
    ).toBe(12);
  });

  const refused: readonly (readonly [string, TestbedOptions])[] = [
    ["a node called login", { nodes: [{ name: "login", cpus: 1 }] }],
    [
      "two nodes of one name",
      {
        nodes: [
          { name: "n1", cpus: 1 },
          { name: "n1", cpus: 2 },
        ],
      },
    ],
    ["a name that could be more than a name", { nodes: [{ name: "n1 Gres=gpu:9", cpus: 1 }] }],
    ["a node without CPUs", { nodes: [{ name: "n1", cpus: 0 }] }],
    ["no nodes", { nodes: [] }],
    ["a partition of strangers", { partitions: [{ name: "main", nodes: ["n99"] }] }],
    ["a user called root", { users: [{ name: "root" }] }],
    ["a share from where the cluster has its own", { share: [{ from: "/etc/ssl", to: "/srv/ssl" }] }],
    ["a share with a relative path", { share: [{ from: "here", to: "/srv/here" }] }],
  ];
  it.each(refused)("is refused with %s", (_, options) => {
    expect(() => planCluster(options)).toThrow(expect.objectContaining({ code: "bad-options" }));
  });
});
