import { afterEach, describe, expect, test, vi } from "vitest";
import { errorOf, FOUND, LOST, NONE, submission } from "./fake-submission.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("an abort while sbatch runs", () => {
  const aborting = async (answers: Readonly<Record<string, readonly string[]>>) => {
    const controller = new AbortController();
    const run = submission(answers, { signal: controller.signal });
    const error = errorOf(run.submitted);
    await vi.waitFor(() => expect(run.slurm.calls("sbatch")).toHaveLength(1));
    controller.abort(new Error("enough"));
    expect(await error).toMatchObject({ message: "enough" });
    return run;
  };

  test("leaves it a moment for its answer, and cancels the job", async () => {
    using run = await aborting({ sbatch: ["sleep 0.3; echo '4711;alpha'"] });
    expect(run.slurm.calls("scancel")).toEqual([["--clusters=alpha", "4711"]]);
    expect(run.kinds()).toEqual(["cancelled"]);
  });

  test("has the job looked for where no answer comes, and cancels it", { timeout: 30_000 }, async () => {
    using run = await aborting({ sbatch: ["exec sleep 1000"], squeue: [NONE, FOUND] });
    expect(run.slurm.calls("scancel")).toEqual([["4711"]]);
    expect(run.kinds()).toEqual(["looking", "looking", "found", "cancelled"]);
  });

  test("says how to end a job that can't be looked for", async () => {
    using run = await aborting({ sbatch: [`sleep 0.3; ${LOST}`], squeue: ["exit 1"] });
    expect([run.slurm.calls("scancel"), run.slurm.calls("squeue").length]).toEqual([[], 3]);
    expect(run.notices.at(-1)).toMatchObject({
      kind: "left",
      text: expect.stringContaining("scancel --me --name=q7RkW-3Fa"),
    });
  });

  test("says so where a job can't be cancelled", async () => {
    using run = await aborting({ sbatch: ["sleep 0.3; echo 4711"], scancel: ["exit 140"] });
    expect(run.notices.at(-1)).toMatchObject({ kind: "left", text: expect.stringContaining("scancel 4711") });
  });

  test("before it, nothing is run", async () => {
    using run = submission({}, { signal: AbortSignal.abort(new Error("enough")) });
    await expect(run.submitted).rejects.toThrow("enough");
    expect(run.slurm.calls("sbatch")).toEqual([]);
  });
});
