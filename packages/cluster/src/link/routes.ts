/** The ways in which a program gets in to the node of a head. What carries them is other packages' affair. */
import { after, showDuration } from "@hyperion-ts/bounds";
import { slurmAddresses } from "@hyperion-ts/job/program";
import { type CommandSession, openTransport, type ReachOptions, reachOf } from "@hyperion-ts/launcher";
import { describeEnd, type Transport } from "@hyperion-ts/transport";
import type { Attach } from "./attach.ts";
import type { HeadTalk } from "./head-talk.ts";

/** A head that listens on the socket of its node. */
export interface ListeningHead {
  readonly node: string;
  readonly socket: string;
  /** The relay, for that node. */
  readonly relay: string;
  readonly slurmJobId: number;
  /** The cluster that has its job; undefined: the one that Slurm's commands are on. */
  readonly cluster: string | undefined;
}

/** One way in. */
export interface Route {
  /** For people. */
  readonly name: string;
  /** The transport to a node of this Slurm job. */
  transport(head: ListeningHead): Transport;
}

/** A node that does not answer by then is tried in another way. */
const PATIENCE_MS = 20_000;

/** The ways that there are, the better one first. `log` hears what is of use when one fails. */
export function routesOf(attach: Attach, reach: ReachOptions, log: (line: string) => void): readonly Route[] {
  const { transport } = reachOf({ reach });
  if (transport.type === "srun") return [stepRoute({ ...transport })];
  const chosen: Route = {
    name: transport.type,
    transport: ({ node }) => openTransport(transport, log, reach.addressOf ?? slurmAddresses([node])),
  };
  return attach === "auto" ? [chosen, stepRoute({})] : [chosen];
}

/** A step of the job itself, of which the site's rules for log-ins say nothing. It takes none of the job's devices. */
const stepRoute = ({
  command,
  options = [],
}: {
  readonly command?: string;
  readonly options?: readonly string[];
}): Route => ({
  name: "srun",
  transport: ({ slurmJobId, cluster }) =>
    openTransport(
      {
        type: "srun",
        gresOf: () => "none",
        options: [`--jobid=${slurmJobId}`, ...(cluster === undefined ? [] : [`--clusters=${cluster}`]), ...options],
        ...(command === undefined ? {} : { command }),
      },
      () => undefined,
    ),
});

/** What is done with a session. */
export interface Connecting {
  /** Begins on its streams; the session ends with that. */
  readonly talk: (session: CommandSession) => HeadTalk;
  /** Hears of the end of a session that is being closed. */
  readonly closing: (closed: Promise<void>) => void;
  readonly signal: AbortSignal;
}

/**
 * Connects to a head by a relay on its node.
 *
 * @throws TransportError; Error where no head has greeted in time; the signal's reason
 */
export async function connectBy(
  route: Route,
  head: ListeningHead,
  { talk, closing, signal }: Connecting,
): Promise<HeadTalk> {
  const late = new AbortController();
  using _late = after(PATIENCE_MS, () =>
    late.abort(new Error(`${head.node} has not answered within ${showDuration(PATIENCE_MS)}`)),
  );
  const either = AbortSignal.any([signal, late.signal]);
  const session = await route
    .transport(head)
    .open(head.node, [process.execPath, head.relay, head.socket], either)
    .catch((error: unknown) => {
      throw late.signal.aborted && !signal.aborted ? late.signal.reason : error;
    });
  const begun = talk(session);
  void begun.ended.then(() => closing(close(session)));
  const ended = session.ended.then((end) => {
    const said = session.lastErrors().trim();
    throw new Error(said === "" ? describeEnd("its relay", end) : said);
  });
  const aborted = new Promise<never>((_, reject) =>
    either.addEventListener("abort", () => reject(either.reason), { once: true }),
  );
  for (const promise of [ended, aborted]) promise.catch(() => undefined);
  try {
    await Promise.race([begun.attached, ended, aborted]);
    return begun;
  } catch (error) {
    begun.end("it did not begin");
    // What the relay has said is more than that its stream has ended.
    if (!either.aborted) await Promise.race([ended, aborted]);
    throw error;
  }
}

const close = async (session: AsyncDisposable): Promise<void> => await session[Symbol.asyncDispose]();
