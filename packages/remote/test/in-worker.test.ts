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
  expect(printed).toMatch(/^true program-in-worker\nrunJobLocal was called inside a worker\..*if \(import\.meta\.main\) \{ await runJobLocal\(\.\.\.\) \}/);
});
