import { expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

it("a program that is started in a worker is refused, with what to do about it; elsewhere it starts", async () => {
  const printed = await runProgram(`
    import { enterWorker, ProgramInWorkerError, refuseInWorker } from "./src/index.ts";
    refuseInWorker("runJobLocal");
    enterWorker();
    try {
      refuseInWorker("runJobLocal");
    } catch (error) {
      console.log(error instanceof ProgramInWorkerError, error.code);
      console.log(error.message);
    }
  `);
  expect(printed).toMatch(
    /^true program-in-worker\nrunJobLocal was called inside a worker\..*if \(import\.meta\.main\) \{ await runJobLocal\(\.\.\.\) \}/,
  );
});

it("in a worker, a program that a remote function starts is told from one that a module starts", async () => {
  const printed = await runProgram(`
    import { enterWorker, refuseInWorker, remoteFunctionHere } from "./src/index.ts";
    let here = "roots/outer";
    console.log(remoteFunctionHere());
    enterWorker(() => here);
    for (const name of ["roots/outer", undefined]) {
      here = name;
      try {
        refuseInWorker("runJobLocal");
      } catch (error) {
        console.log(remoteFunctionHere(), error.name, error.code, error.message);
      }
    }
  `);
  const [before, nested, imported] = printed.split("\n");
  expect(before).toBe("undefined");
  expect(nested).toMatch(
    /^roots\/outer NestedCallError nested-call runJobLocal was called inside the remote function "roots\/outer": .* can't start calls\. Make the calls in a job, .* other\.run\(input, ctx\)\.$/,
  );
  expect(imported).toMatch(/^undefined ProgramInWorkerError program-in-worker .*starts a program when it is imported/);
});

it("a process that is no worker can refuse programs for a while, and start them again after it", async () => {
  const printed = await runProgram(`
    import { isRefusedProgram, refuseInWorker, refusePrograms } from "./src/index.ts";
    {
      using _ = refusePrograms();
      try {
        refuseInWorker("runJobLocal");
      } catch (error) {
        console.log(isRefusedProgram(error));
      }
    }
    refuseInWorker("runJobLocal");
    console.log("started");
  `);
  expect(printed).toBe("true\nstarted\n");
});
