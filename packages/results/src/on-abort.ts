/**
 * Many who wait for the abort of one signal. Each listener that a signal gets is compared with all that it has, so thousands
 * of calls of one group would take seconds to wait; here they share one.
 */

interface Listening {
  readonly actions: Set<() => void>;
  readonly stop: () => void;
}

const listeningTo = new WeakMap<AbortSignal, Listening>();

/** Runs `action` when `signal`, which is not aborted yet, is. What it returns ends that, and leaves no listener behind. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const { actions, stop } = listeningTo.get(signal) ?? listenTo(signal);
  actions.add(action);
  return () => {
    if (actions.delete(action) && actions.size === 0) stop();
  };
}

function listenTo(signal: AbortSignal): Listening {
  const actions = new Set<() => void>();
  const abort = (): void => {
    for (const action of actions) action();
  };
  const stop = (): void => {
    signal.removeEventListener("abort", abort);
    listeningTo.delete(signal);
  };
  signal.addEventListener("abort", abort);
  const listening = { actions, stop };
  listeningTo.set(signal, listening);
  return listening;
}
