/** A host as its configuration describes it, for tests that look at some of its settings. */
import type { SshConfig } from "../src/ssh-config.ts";

export const SOME_HOST: SshConfig = {
  host: "n1",
  hostname: "N1.cluster",
  port: 22,
  user: "ada",
  hostKeyAlias: undefined,
  identityFiles: [],
  identityAgent: undefined,
  identitiesOnly: false,
  knownHostsFiles: [],
  trustsOtherwise: false,
  algorithms: { hostKey: [], cipher: [], mac: [], kex: [] },
  jump: undefined,
  connectTimeoutMs: undefined,
  family: 0,
};
