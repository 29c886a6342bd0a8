/** Agents as ssh2 wants them: the person's ssh-agent, and one that holds a single key, for one attempt to log in. */
import type { BaseAgent, IdentityCallback, OpenSSHAgent, ParsedKey, SignCallback, SigningRequestOptions } from "ssh2";
import type { UsableKey } from "./ssh-keys.ts";
import type { Ssh2 } from "./ssh2.ts";

/** The person's ssh-agent at `socket`. Our connections to it end with `resources`: an agent that waits for a person would hold them for ever. */
export const connectSshAgent = (socket: string, { OpenSSHAgent }: Ssh2, resources: DisposableStack): OpenSSHAgent =>
  new (class extends OpenSSHAgent {
    override getStream(done: Parameters<OpenSSHAgent["getStream"]>[0]): void {
      super.getStream((error, stream) => {
        if (resources.disposed) stream?.destroy();
        else if (stream !== undefined) resources.defer(() => stream.destroy());
        done(error, stream);
      });
    }
  })(socket);

/** The keys that an agent holds; none when it does not answer, as ssh has it too. */
export const keysHeldBy = (agent: OpenSSHAgent): Promise<readonly ParsedKey[]> =>
  new Promise((resolve) => {
    agent.getIdentities((_error, keys = []) => resolve(keys.flatMap((key) => ("pubKey" in key ? [] : [key]))));
  });

/** Holds `usable` alone, and signs with it or lets `agent` do so; `signing` hears before. */
export function agentOfOneKey(
  usable: UsableKey,
  agent: OpenSSHAgent | undefined,
  { BaseAgent }: Ssh2,
  signing: () => void,
): BaseAgent<ParsedKey> {
  return new (class extends BaseAgent<ParsedKey> {
    getIdentities(done: IdentityCallback<ParsedKey>): void {
      done(null, [usable.key]);
    }

    sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
      if (typeof options === "function") return this.sign(key, data, {}, options);
      signing();
      if (usable.place === "agent") agent?.sign(key, data, options, done);
      else done?.(null, usable.key.sign(data, options.hash));
    }
  })();
}
