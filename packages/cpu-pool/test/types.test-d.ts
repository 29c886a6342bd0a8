/** Checked by the compiler alone. */
import { CpuPool, type PoolCore, type Lease, type Waiter } from "../src/index.ts";

interface Call extends Waiter {
  readonly name: string;
}

export async function mustCompile(pool: CpuPool, call: Call, lease: Lease): Promise<string> {
  using reserved = await pool.reserve({ cpus: 1, gpus: undefined }, { timeoutMs: 5 });
  const ticket = pool.core.enqueue({ cpus: reserved.cpuIds.length }, call);
  const isCall = (waiter: Waiter): waiter is Call => "name" in waiter;
  const names: readonly string[] = pool.core.takeAhead(lease, 1, isCall).map(({ waiter }) => waiter.name);
  return ticket.waiter.name + names.join("");
}

export function mustNotCompile(pool: CpuPool, core: PoolCore, lease: Lease): void {
  // @ts-expect-error: cpus are always said
  void pool.reserve({ gpus: 1 });
  // @ts-expect-error: a waiter hears of refusals too
  core.enqueue({ cpus: 1 }, { granted: () => {} });
  // @ts-expect-error: without a guard the waiters may be anybody's
  core.takeAhead(lease, 1).map(({ waiter }) => waiter.name);
  // @ts-expect-error: what is leased is not the holder's to change
  lease.cpuIds.push(1);
  // @ts-expect-error: there are two rules
  void new CpuPool({ placement: "random" });
}
