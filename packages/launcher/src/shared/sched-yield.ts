/**
 * sched_yield(2). Node has it only among what it offers to WebAssembly (WASI's `sched_yield`), where it can be called
 * without any WebAssembly: 0.6 µs a call.
 */

/** What is needed of WebAssembly here; the types of Node have none of it. */
declare const WebAssembly: { readonly Memory: new (descriptor: { readonly initial: number }) => object };

/** Lets whoever waits for this CPU run first; null where this Node does not offer it. */
export function schedYield(): (() => unknown) | null {
  try {
    return withoutWarnings(() => {
      const { WASI } = process.getBuiltinModule("node:wasi");
      const wasi = new WASI({ version: "preview1" });
      // Functions of WASI work once there is memory for their arguments; sched_yield has none.
      wasi.initialize({ exports: { memory: new WebAssembly.Memory({ initial: 1 }) } });
      const yieldCpu: unknown = wasi.wasiImport["sched_yield"];
      return typeof yieldCpu === "function" ? () => yieldCpu() : null;
    });
  } catch {
    // Node was built without it, or runs under permissions that forbid it.
    return null;
  }
}

/** Runs `load` without warnings: in the log of each worker would stand that WASI is experimental, which tells nobody anything. */
function withoutWarnings<A>(load: () => A): A {
  const emitWarning: unknown = Reflect.get(process, "emitWarning");
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    Reflect.set(process, "emitWarning", emitWarning);
  }
}
