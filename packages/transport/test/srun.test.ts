import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passedToSrun } from "../src/srun-environment.ts";
import { srunFailure } from "../src/srun-failure.ts";
import { srun } from "../src/srun.ts";
import { thrownBy } from "./world.ts";
import { SRUN_INPUT_VARIABLES } from "./srun-input-variables.ts";

// What Slurm 22.05 prints; undefined is the command's own failure.
test.each([
  [
    undefined,
    "srun: error: n1: task 0: Exited with exit code 2\nslurmstepd-n1: error: execve(): /opt/nowhere/node: No such file or directory\n",
  ],
  [undefined, "srun: error: n1: task 0: Killed\nsrun: Force Terminated StepId=1.3\n"],
  [
    undefined,
    "srun: error: n1: task 0: Exited with exit code 1\n/usr/bin/touch: cannot touch '/root/x': Permission denied\n",
  ],
  [undefined, ""],
  [
    "unreachable",
    "srun: error: Task launch for StepId=1.5 failed on node n1: Communication connection failure\nsrun: error: Application launch failed: Resource temporarily unavailable\nsrun: Job step aborted\n",
  ],
  [
    "unreachable",
    "srun: error: Unable to confirm allocation for job 1: Unable to contact slurm controller (connect failure)\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 1\n",
  ],
  ["unsupported", "srun: error: Unable to create step for job 1: Requested node configuration is not available\n"],
  ["unsupported", "srun: error: Unable to create step for job 1: Access/permission denied\n"],
  [
    "unsupported",
    "srun: error: Unable to confirm allocation for job 77: Invalid job id specified\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 77\n",
  ],
  [
    "unsupported",
    "srun: error: Slurm job 1 has expired\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 1\n",
  ],
  ["unsupported", "srun: unrecognized option '--bad-option'\nTry \"srun --help\" for more information\n"],
])("the reason is %s when srun says %j", (reason, stderr) => {
  expect(srunFailure(stderr)?.reason).toBe(reason);
});

const UNCONFIRMED = "srun: Check SLURM_JOB_ID environment variable. Expired or invalid job 1\n";
// By the srun of 22.05 to a controller of 26.05 and of 24.11, by that of 26.05 to one of 22.05 and of 24.11.
test.each([
  ["unsupported", `srun: error: Unable to confirm allocation for job 1: Insane message length\n${UNCONFIRMED}`],
  [
    "unsupported",
    `srun: error: auth_g_unpack: authentication plugin unknown(1007) not found\nsrun: error: slurm_unpack_received_msg: [[login]:6817] Invalid Protocol Version 10752 from uid=4294967295: Incompatible versions of client and server code\nsrun: error: Unable to confirm allocation for job 1: Unspecified error\n${UNCONFIRMED}`,
  ],
  [
    "unreachable",
    `srun: error: Unable to confirm allocation for job 1: Zero Bytes were transmitted or received\n${UNCONFIRMED}`,
  ],
  ["unreachable", `srun: error: Unable to confirm allocation for job 1: Protocol authentication error\n${UNCONFIRMED}`],
])("%s, as it is another release than the cluster's, is said of %j", (reason, stderr) => {
  expect(srunFailure(stderr)?.reason).toBe(reason);
  expect(srunFailure(stderr)?.message).toMatch(/another release than the cluster's.*`command` of the srun transport/);
});

test.each([...Object.keys(SRUN_INPUT_VARIABLES), "SLURM_NTASKS_HET_GROUP_1", "SRUN_SOMETHING_NEW"])(
  "srun does not get %s",
  (name) => {
    expect(passedToSrun(name)).toBe(false);
  },
);

test.each([
  "PATH",
  "HOME",
  "SLURM_JOB_ID",
  "SLURM_CONF",
  "SLURM_SACK_SOCKET",
  "SLURM_STEPMGR",
  "SLURM_WORKING_CLUSTER",
  "_SLURM_SPANK_OPTION_pyxis_container_image",
  "SLURM_SPANK_X",
])("srun gets %s", (name) => {
  expect(passedToSrun(name)).toBe(true);
});

test("a srun that crashes by itself is an end of the connection, which another attempt may cure", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-srun-"));
  const command = join(folder, "srun");
  writeFileSync(command, "#!/bin/sh\nkill -SEGV $$\n", { mode: 0o755 });
  const crashing = await srun({ command }).open("n1", ["true"], new AbortController().signal);
  expect(await crashing.ended).toEqual({
    type: "disconnected",
    failure: { reason: "unreachable", message: "srun itself crashed (SIGSEGV)" },
  });
  rmSync(folder, { recursive: true });
});

test("a program that is not there is named", async () => {
  expect(
    await thrownBy(srun({ command: "/nowhere/srun" }).open("n1", ["true"], new AbortController().signal)),
  ).toMatchObject({ reason: "unsupported", message: expect.stringContaining("/nowhere/srun") });
});
