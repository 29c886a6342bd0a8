/** The exit code of a worker in which our own code has failed, so that it can't say so. (A function's `process.exit` can do the same.) */
export const BROKEN_EXIT_CODE = 179;
