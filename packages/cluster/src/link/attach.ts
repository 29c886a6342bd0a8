/** How a program on a login node is connected with the heads of its Slurm jobs. */

/**
 * What a job has computed is in its directory, and the program finds it there: a link makes it known within a second, and counts,
 * failures and the job's end too. It is speed and nothing more: a job goes on without it.
 *
 * - `auto`: as `connect`, where the program gets in to the nodes in one way or another, else `files`. One line says which it is, and
 *   why it is no better one.
 * - `connect`: the program runs a small process on the node of each head, by a session of the transport that `reach` names, or
 *   else by a step of srun, and talks to the head through it. No port is opened.
 * - `call-back`: heads call one port of the program, under TLS 1.3, each with a key of its own, which only this user can read. For
 *   sites whose nodes let nobody in, and get out to the login node.
 * - `files`: none. News takes ten seconds or so.
 */
export type Attach = "auto" | "connect" | "call-back" | "files";
