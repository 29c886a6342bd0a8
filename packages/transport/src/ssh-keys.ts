/** The keys that we may show to a host, in the order in which OpenSSH shows them: the agent's, then those in files. */
import { readFile } from "node:fs/promises";
import type { ParsedKey } from "ssh2";
import type { Ssh2 } from "./ssh2.ts";
import type { SshConfig } from "./ssh-config.ts";

/** A key that can sign. */
export interface UsableKey {
  /** Where the key is, for messages: a path, or the agent's comment. */
  readonly label: string;
  /** The key as ssh2 has parsed it. */
  readonly key: ParsedKey;
  /** Where the private half is. */
  readonly place: "agent" | "file";
}

/** The keys for a host, and those that only OpenSSH itself could use, with the reason. */
export interface KeyRing {
  /** In the order in which they are shown. */
  readonly keys: readonly UsableKey[];
  /** A clause for each, such as "/home/ada/.ssh/id has a passphrase, and no agent holds it". */
  readonly unusable: readonly string[];
}

/** What a file of the configuration holds. */
export interface KeyFile {
  /** The path of the private half. */
  readonly file: string;
  /** The public half, where it is known: it selects the agent's key. */
  readonly publicKey: ParsedKey | undefined;
  /** The private half, where it can be used. */
  readonly privateKey: ParsedKey | undefined;
  /** Why the private half can't be used. */
  readonly problem: string | undefined;
}

/** Reads the files that `config` names. Those that are missing or not ours to read are passed over, as ssh does. */
export const readKeyFiles = async (config: SshConfig, ssh2: Ssh2): Promise<readonly KeyFile[]> =>
  (await Promise.all(config.identityFiles.map((file) => readKeyFile(file, ssh2)))).filter(
    (found) => found !== undefined,
  );

async function readKeyFile(file: string, ssh2: Ssh2): Promise<KeyFile | undefined> {
  const [content, publicContent] = await Promise.all([contentOf(file), contentOf(`${file}.pub`)]);
  const publicKey = publicContent === undefined ? undefined : parsed(publicContent, ssh2);
  if (content === undefined)
    return publicKey instanceof Error || publicKey === undefined
      ? undefined
      : { file, publicKey, privateKey: undefined, problem: undefined };
  const key = parsed(content, ssh2);
  if (!(key instanceof Error))
    return { file, publicKey: key, privateKey: key.isPrivateKey() ? key : undefined, problem: undefined };
  const problem = /passphrase|encrypted/i.test(key.message)
    ? "has a passphrase, and no agent holds it"
    : `is of a kind that node-ssh can't use (${key.message})`;
  return { file, publicKey: publicKey instanceof Error ? undefined : publicKey, privateKey: undefined, problem };
}

const contentOf = (file: string): Promise<Buffer | undefined> => readFile(file).catch(() => undefined);

/** A file in OpenSSH's format makes a list of one. */
function parsed(content: Buffer, ssh2: Ssh2): ParsedKey | Error {
  const [key] = [ssh2.utils.parseKey(content)].flat();
  return key ?? new Error("there is no key in it");
}

/**
 * OpenSSH's order (sshconnect2.c, pubkey_prepare): the agent's keys that files name, the agent's others unless
 * `identitiesOnly`, then the keys that only files have. Servers count the keys that they are shown.
 */
export function orderKeys(files: readonly KeyFile[], held: readonly ParsedKey[], identitiesOnly: boolean): KeyRing {
  const named = held.flatMap((key) => {
    const file = files.find(({ publicKey }) => publicKey !== undefined && sameKey(publicKey, key));
    return file === undefined ? [] : [{ key, file }];
  });
  const others = identitiesOnly ? [] : held.filter((key) => !named.some((one) => one.key === key));
  const rest = files.filter((file) => !named.some((one) => one.file === file));
  return {
    keys: [
      ...named.map(({ key, file }): UsableKey => ({ label: `${file.file} (from the agent)`, key, place: "agent" })),
      ...others.map((key): UsableKey => ({
        label: `${key.comment === "" ? key.type : key.comment} (from the agent)`,
        key,
        place: "agent",
      })),
      ...rest.flatMap(({ file, privateKey }): UsableKey[] =>
        privateKey === undefined ? [] : [{ label: file, key: privateKey, place: "file" }],
      ),
    ],
    unusable: rest.flatMap(({ file, problem }) => (problem === undefined ? [] : [`${file} ${problem}`])),
  };
}

const sameKey = (one: ParsedKey, other: ParsedKey): boolean => one.getPublicSSH().equals(other.getPublicSSH());
