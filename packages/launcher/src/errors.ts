/** The errors of this package, without what throws them: for those who tell them apart in processes that launch nothing. */
export { describeDeath, LaunchError, type WorkerDeath, WorkerDiedError } from "./shared/worker-death.ts";
