import { afterEach, describe, expect, test, vi } from "vitest";
import { SubmissionError } from "../../src/sbatch/submission-error.ts";
import { failedWith, refuses } from "./fake-slurm.ts";
import { BUSY, errorOf, FOUND, LIMIT, LOST, NONE, submission } from "./fake-submission.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a job that is taken at once is submitted once, and nothing is looked for", async () => {
  using run = submission({ sbatch: ["cat > script; echo '4711;alpha'"] });
  expect(await run.submitted).toEqual({ jobId: 4711, cluster: "alpha", name: "q7RkW-3Fa" });
  expect([run.slurm.calls("sbatch").length, run.slurm.calls("squeue"), run.notices]).toEqual([1, [], []]);
});

test("what a site prints beside is told", async () => {
  using run = submission({ sbatch: ["echo 'Welcome!'; echo 4711; echo 'sbatch: 12 h are left' >&2"] });
  expect(await run.submitted).toMatchObject({ jobId: 4711 });
  expect(run.notices).toEqual([
    { kind: "site-message", text: "On submitting q7RkW-3Fa: Welcome!\nsbatch: 12 h are left" },
  ]);
});

describe("what another attempt can cure is tried again", () => {
  test("as often as it takes, and is told", async () => {
    using run = submission({ sbatch: [BUSY, BUSY, BUSY, BUSY, "echo 4711"] });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
    expect(run.notices).toEqual(
      [1, 2, 3, 4].map((attempts) =>
        expect.objectContaining({
          kind: "waiting",
          attempts,
          text: expect.stringContaining("MaxJobCount limit reached"),
        }),
      ),
    );
  });

  test("after pauses that grow to the longest", async () => {
    using run = submission(
      { sbatch: [BUSY, BUSY, BUSY, BUSY, BUSY, "echo 4711"] },
      { pauses: { firstMs: 8, longestMs: 32 } },
    );
    await run.submitted;
    const pauses = run.notices.map((notice) => (notice.kind === "waiting" ? notice.pauseMs : 0));
    const longest = [8, 16, 32, 32, 32];
    expect(pauses.map((ms, i) => ms >= (longest[i] ?? 0) / 2 && ms <= (longest[i] ?? 0))).toEqual(
      longest.map(() => true),
    );
  });

  test("but not for ever where nobody knows what it means", async () => {
    using run = submission({ sbatch: [refuses(failedWith("Flux capacitor is empty"))] });
    expect(await errorOf(run.submitted)).toBeInstanceOf(SubmissionError);
    expect(run.slurm.calls("sbatch")).toHaveLength(3);
  });

  test("and not any more after an abort", async () => {
    const controller = new AbortController();
    using run = submission(
      { sbatch: [BUSY] },
      { signal: controller.signal, pauses: { firstMs: 1_000_000, longestMs: 1_000_000 } },
    );
    await vi.waitFor(() => expect(run.kinds()).toEqual(["waiting"]));
    controller.abort(new Error("enough"));
    await expect(run.submitted).rejects.toThrow("enough");
  });
});

describe("a limit on submitted jobs", () => {
  test("waits for a job of one's own to end", async () => {
    const ended = Promise.withResolvers<void>();
    const ownJobEnded = vi.fn(() => ended.promise);
    using run = submission(
      { sbatch: [LIMIT, "echo 4711"] },
      { ownJobEnded, pauses: { firstMs: 1_000_000, longestMs: 1_000_000 } },
    );
    await vi.waitFor(() => expect(ownJobEnded).toHaveBeenCalledOnce());
    expect(run.notices).toEqual([
      expect.objectContaining({
        kind: "waiting",
        refusal: expect.objectContaining({ limit: "AssocMaxSubmitJobLimit" }),
      }),
    ]);
    ended.resolve();
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
  });

  test("or for a pause, since a job may end unseen", async () => {
    const aborted = vi.fn();
    const ownJobEnded = (signal: AbortSignal): Promise<void> =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted();
          reject(signal.reason);
        });
      });
    using run = submission({ sbatch: [LIMIT, "echo 4711"] }, { ownJobEnded });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
    expect(aborted).toHaveBeenCalledOnce();
  });
});

test("what only a person can cure is an error at once, with Slurm's words, the command and the script", async () => {
  using run = submission({ sbatch: [refuses(failedWith("Invalid partition name specified"))] });
  const error = await errorOf(run.submitted);
  expect(error).toMatchObject({
    name: "SubmissionError",
    code: "submission-refused",
    words: "Invalid partition name specified",
  });
  expect(error instanceof Error ? error.message : "").toBe(
    [
      "Slurm refuses the job q7RkW-3Fa: Invalid partition name specified",
      "There is no such partition: `sinfo --summarize` lists them.",
      "It was submitted with:",
      String.raw`  sbatch --parsable '--job-name=q7RkW-3Fa' '--output=/jobs/3Fa/output' '--open-mode=append' '--export=ALL' '--chdir=/jobs/3Fa' '--nodes=1' '--time=1-00:00:00' '--signal=B:USR2@120' < '/jobs/3Fa/it'\''s the script'`,
    ].join("\n"),
  );
  expect(run.slurm.calls("sbatch")).toHaveLength(1);
});

describe("where sbatch's answer was lost", () => {
  test("a job that is there is the one that was submitted", async () => {
    using run = submission({ sbatch: [LOST], squeue: [FOUND] });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
    expect([run.slurm.calls("sbatch").length, run.kinds()]).toEqual([1, ["looking", "found"]]);
    expect(run.slurm.calls("squeue")).toEqual([["--me", "--states=all", "--name=q7RkW-3Fa", "--format=%A|%T|%r"]]);
  });

  test("so is one that is there later", async () => {
    using run = submission({ sbatch: [LOST], squeue: [NONE, FOUND] });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
    expect(run.slurm.calls("sbatch")).toHaveLength(1);
  });

  test("it is submitted again only when squeue has said twice that it is not there", async () => {
    using run = submission({ sbatch: [LOST, "echo 4712"], squeue: ["exit 1", NONE, "exit 1", "exit 1", NONE] });
    expect(await run.submitted).toMatchObject({ jobId: 4712 });
    expect([run.slurm.calls("squeue").length, run.slurm.calls("sbatch").length]).toEqual([6, 2]);
  });

  test("of two jobs that are there in the end, the first is kept, and the other one cancelled", async () => {
    const both = `${FOUND}; echo '4712|PENDING|None'`;
    using run = submission({ sbatch: [LOST, "echo 4712"], squeue: [NONE, NONE, both] });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
    expect(run.slurm.calls("scancel")).toEqual([["4712"]]);
    using late = submission({ sbatch: [LOST], squeue: [NONE, NONE, FOUND, both] });
    expect(await late.submitted).toMatchObject({ jobId: 4711 });
    expect(late.slurm.calls("scancel")).toEqual([["4712"]]);
  });

  test("a job that came late is the one, also when the next attempt is refused", async () => {
    const full = refuses("QOSMaxCpuPerJobLimit", failedWith("Job violates accounting/QOS policy (...)"));
    using run = submission({ sbatch: [LOST, full], squeue: [NONE, NONE, FOUND] });
    expect(await run.submitted).toMatchObject({ jobId: 4711 });
  });

  test("also where sbatch gives none in its time, or names no job", async () => {
    using slow = submission({ sbatch: ["exec sleep 1000"], squeue: [FOUND] }, { timeLimitMs: 100 });
    expect(await slow.submitted).toMatchObject({ jobId: 4711 });
    using silent = submission({ sbatch: [":"], squeue: [FOUND] });
    expect(await silent.submitted).toMatchObject({ jobId: 4711 });
  });

  test("it is looked for on the clusters that it was submitted to", async () => {
    vi.stubEnv("SLURM_CLUSTERS", "alpha,beta");
    using run = submission({ sbatch: [LOST], squeue: [`echo 'CLUSTER: beta'; ${FOUND}`] });
    expect(await run.submitted).toMatchObject({ jobId: 4711, cluster: "beta" });
    expect(run.slurm.calls("squeue")[0]).toContain("--clusters=alpha,beta");
  });
});

test("a job that no partition can run is told, and submitted", async () => {
  const line = "PartitionName=main Default=YES MaxNodes=UNLIMITED MaxTime=00:05:00 TotalCPUs=4 TotalNodes=2";
  using run = submission({ sbatch: ["echo 4711"], scontrol: [`echo '${line}'`] });
  await run.submitted;
  expect(run.notices).toEqual([
    {
      kind: "never-runs",
      text: expect.stringContaining("it asks for 1440 minutes, and the partition main gives 5 at most"),
    },
  ]);
});

test("an option of submitJob that can't be right is told before anything is run", async () => {
  using run = submission({}, { pauses: { firstMs: -1 } });
  await expect(run.submitted).rejects.toThrow(/submitJob: pauses\.firstMs must be a time in milliseconds/);
});
