/** Logging in to one host: shows our keys one after another, and knows afterwards why none of them was taken. */
import type { AuthHandlerMiddleware, NextAuthHandler, OpenSSHAgent } from "ssh2";
import { excerpt, indent } from "@hyperion-ts/processes";
import type { TransportFailure } from "./command-session.ts";
import { agentOfOneKey } from "./ssh-agent.ts";
import type { SshConfig } from "./ssh-config.ts";
import type { KeyRing } from "./ssh-keys.ts";
import type { Ssh2 } from "./ssh2.ts";

/** How much of what a host says at log-in stands in a message. */
const MAX_BANNER = 1_000;

/** One attempt to log in: which keys the host was shown, and what it said. */
export class Login {
  readonly #host: string;
  readonly #user: string;
  readonly #ring: KeyRing;
  readonly #agent: OpenSSHAgent | undefined;
  readonly #ssh2: Ssh2;
  readonly #shown: string[] = [];
  #methods: readonly string[] = [];
  #signedWith: string | undefined;
  #banner = "";

  /** `ring` has the keys that may be shown; `agent` signs with those that it holds. */
  constructor(
    { host, user }: Pick<SshConfig, "host" | "user">,
    ring: KeyRing,
    agent: OpenSSHAgent | undefined,
    ssh2: Ssh2,
  ) {
    this.#host = host;
    this.#user = user;
    this.#ring = ring;
    this.#agent = agent;
    this.#ssh2 = ssh2;
  }

  /** What the host says before we are in. */
  hear(banner: string): void {
    this.#banner = `${this.#banner}${banner}`.slice(0, MAX_BANNER);
  }

  /** What ssh2 asks for the next way to log in. `gaveUp` hears when there is nothing left to show. */
  handler(gaveUp: (failure: TransportFailure) => void): AuthHandlerMiddleware {
    const keys = this.#ring.keys.values();
    let asked = false;
    return (methods: readonly string[] | null, _partial: boolean | null, next: NextAuthHandler) => {
      this.#methods = methods ?? this.#methods;
      // The answer to this first question is the list of ways to log in; it does not count as an attempt.
      if (!asked) {
        asked = true;
        return next({ type: "none", username: this.#user });
      }
      if (this.#signedWith !== undefined) return gaveUp(this.#needsMore(this.#signedWith));
      const { value: key } = keys.next();
      if (key === undefined || !this.#methods.includes("publickey")) return gaveUp(this.#refused());
      this.#shown.push(key.label);
      const agent = agentOfOneKey(key, this.#agent, this.#ssh2, () => {
        this.#signedWith = key.label;
      });
      next({ type: "agent", username: this.#user, agent });
    };
  }

  /** What is said when the host has ended the connection, or it broke, before we were in. */
  broken(how: string): TransportFailure {
    if (this.#signedWith !== undefined) {
      return {
        reason: "authentication",
        message: this.#explain(
          `it took ${this.#signedWith}, and then the connection ended (${how}). May this account use that node now?`,
        ),
      };
    }
    return {
      reason: /authentication failures/i.test(how) ? "authentication" : "unreachable",
      message: this.#explain(this.#shown.length === 0 ? how : `${how}; ${this.#showed()}`),
    };
  }

  /** What is said when the agent would not sign. */
  notSigned(how: string): TransportFailure {
    return {
      reason: "unsupported",
      message: this.#explain(`it took ${this.#signedWith}, but there is no signature (${how})`),
    };
  }

  #refused(): TransportFailure {
    const { unusable } = this.#ring;
    const methods = `The host lets people in by: ${this.#methods.join(", ") || "nothing"}.`;
    if (unusable.length > 0 && this.#methods.includes("publickey")) {
      return {
        reason: "unsupported",
        message: this.#explain(
          `${this.#showed()}, and node-ssh can't use the others: ${unusable.join("; ")}. ${methods}`,
        ),
      };
    }
    return {
      reason: "authentication",
      message: this.#explain(`${this.#showed()}. ${methods} \`ssh -v ${this.#host}\` tells more.`),
    };
  }

  /** A host asks for a signature by a key that it takes. Where that did not let us in, it wants something more. */
  #needsMore(signedWith: string): TransportFailure {
    return { reason: "unsupported", message: this.#explain(`it took ${signedWith}, and wants more than a key`) };
  }

  #showed(): string {
    return this.#shown.length === 0 ? "no key of ours could be shown" : `it took none of ${this.#shown.join(", ")}`;
  }

  #explain(what: string): string {
    return `Could not log in to ${this.#host} as ${this.#user}: ${what}${indent(excerpt(this.#banner))}`;
  }
}
