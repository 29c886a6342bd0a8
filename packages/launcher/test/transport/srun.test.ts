import { expect, test } from "vitest";
import { srun, srunFailure } from "../../src/transport/srun.ts";
import { thrownBy } from "../world.ts";

// What Slurm 22.05 prints; undefined is the command's own failure.
test.each([
  [undefined, "srun: error: n1: task 0: Exited with exit code 2\nslurmstepd-n1: error: execve(): /opt/nowhere/node: No such file or directory\n"],
  [undefined, "srun: error: n1: task 0: Killed\nsrun: Force Terminated StepId=1.3\n"],
  [undefined, "srun: error: n1: task 0: Exited with exit code 1\n/usr/bin/touch: cannot touch '/root/x': Permission denied\n"],
  [undefined, ""],
  ["unreachable", "srun: error: Task launch for StepId=1.5 failed on node n1: Communication connection failure\nsrun: error: Application launch failed: Resource temporarily unavailable\nsrun: Job step aborted\n"],
  ["unreachable", "srun: error: Unable to confirm allocation for job 1: Unable to contact slurm controller (connect failure)\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 1\n"],
  ["unsupported", "srun: error: Unable to create step for job 1: Requested node configuration is not available\n"],
  ["unsupported", "srun: error: Unable to create step for job 1: Access/permission denied\n"],
  ["unsupported", "srun: error: Unable to confirm allocation for job 77: Invalid job id specified\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 77\n"],
  ["unsupported", "srun: error: Slurm job 1 has expired\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job 1\n"],
  ["unsupported", "srun: unrecognized option '--bad-option'\nTry \"srun --help\" for more information\n"],
])("the reason is %s when srun says %j", (reason, stderr) => {
  expect(srunFailure(stderr)).toBe(reason);
});

test("a program that is not there is named", async () => {
  expect(await thrownBy(srun({ command: "/nowhere/srun" }).open("n1", ["true"], new AbortController().signal))).toMatchObject({ reason: "unsupported", message: expect.stringContaining("/nowhere/srun") });
});
