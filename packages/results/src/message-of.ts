/** Whatever was thrown, in words. Not told by its class: user code may run in another realm (jsdom, vm), with an Error of its own. */
export const messageOf = (thrown: unknown): string => (Error.isError(thrown) ? thrown.message : String(thrown));
