import { expect, it } from "vitest";
import { planCluster } from "../src/cluster-plan.ts";
import { bannerText, sshdConfig } from "../src/sshd-config.ts";

it("the caller's sshd settings come first, because the first line of a setting counts", () => {
  const { login } = planCluster({ sshd: { LogLevel: "DEBUG", MaxSessions: "1" } });
  expect(
    sshdConfig(login)
      .split("\n")
      .filter((line) => /^(LogLevel|MaxSessions)/.test(line)),
  ).toEqual(["LogLevel DEBUG", "MaxSessions 1", "LogLevel VERBOSE"]);
});

it.each([
  ["Be good", "Be good", "/run/hyperion-testbed/sshd/login.banner"],
  ["/etc/issue.net", undefined, "/etc/issue.net"],
  ["none", undefined, "none"],
])("a banner is text, or a path, or none: %s", (banner, text, path) => {
  const { login } = planCluster({ sshd: { Banner: banner } });
  expect([bannerText(login), /^Banner (.*)$/m.exec(sshdConfig(login))?.[1]]).toEqual([text, path]);
});
