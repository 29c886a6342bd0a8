/** Jobs as they arrive at a real Slurm. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { outcomeOf, SubmitCluster } from "./submit-cluster.ts";

/** What shells, printf, sbatch and its patterns would make something of. */
const HOSTILE = 'it\'s "$HOME" `id` $(id) %j %x%% \\n \\ ! ~ * ; #SBATCH & | < > ü 😀';

/** A limit for what takes no time on an idle machine, not a claim. */
const PATIENCE = { timeout: 60_000 } as const;

/** The variables that a job has, without what is its own. */
const RECORDS_ENVIRONMENT =
  'env -0 > env; tr "\\0" "\\n" < env | grep -E "^(SLURM|SBATCH|SRUN|PMI)" | sort > slurm-env';

describeOnTestbed(describe)("a submitted job", { timeout: 120_000 }, () => {
  let cluster: SubmitCluster;
  beforeAll(async () => {
    cluster = await SubmitCluster.open({
      nodes: [
        { name: "n1", cpus: 4 },
        { name: "n2", cpus: 4 },
      ],
      slurm: { GresTypes: "gpu" },
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Submits it, and waits for its end. */
  const run = async (
    ...args: Parameters<SubmitCluster["request"]>
  ): Promise<{ readonly state: string; readonly id: number }> => {
    const outcome = await cluster.submit(await cluster.request(...args));
    const id = outcome.jobId ?? 0;
    expect(outcome).toEqual({ jobId: expect.any(Number), name: args[0], notices: [] });
    return { state: await cluster.endOf(id), id };
  };

  test.concurrent("has what was asked for", async () => {
    const { state, id } = await run("asked", "env > env", {
      options: {
        nodes: 2,
        nTasksPerNode: 2,
        cpusPerTask: 2,
        time: { minutes: 7 },
        mem: { megabytes: 100 },
        comment: "for the paper",
        exclusive: true,
        partition: ["main"],
        noRequeue: true,
        nodelist: ["n[1-2]"],
      },
    });
    const record = await cluster.slurm("scontrol", "show", "job", String(id));
    expect(state).toBe("COMPLETED");
    for (const field of [
      "JobName=asked",
      "NumNodes=2",
      "CPUs/Task=2",
      "TimeLimit=00:07:00",
      "MinMemoryNode=100M",
      "Comment=for the paper",
      "WorkDir=/srv/runs/asked",
      "StdOut=/srv/runs/asked/output",
      "Requeue=0",
    ])
      expect(record).toContain(field);
    expect(cluster.file("asked", "env")).toMatch(/^SLURM_NTASKS_PER_NODE=2$/m);
  });

  test.concurrent("runs the lines of its preamble first, in the same shell, and then is its program, which signals reach", async () => {
    const script = 'trap "echo warned; exit 0" USR2; echo "$GREETING, $1"; while sleep 0.1; do :; done';
    const request = await cluster.request("preamble", script, {
      program: ["/bin/sh", "-c", script, "sh", "Bob"],
      options: { scriptPreamble: "greet() { echo Hello; }\nGREETING=$(greet)\nexport GREETING" },
    });
    const { jobId } = await cluster.submit(request);
    await vi.waitFor(() => expect(cluster.file("preamble", "output")).toBe("Hello, Bob\n"), PATIENCE);
    await cluster.slurm("scancel", "--batch", "--signal=USR2", String(jobId));
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
    expect(cluster.file("preamble", "output")).toBe("Hello, Bob\nwarned\n");
  });

  test.concurrent("gets hostile values as they were given", async () => {
    const directory = `/srv/runs/hostile/${HOSTILE.replaceAll("/", "")}\nline 2`;
    const comment = `${HOSTILE}\nJobState=COMPLETED`;
    const args = [HOSTILE, "", "a\nb\n", "-n", "--wrap=true", "*"];
    const script = 'printf "%s\\0" "$PWD" "$X" "$@" > /srv/runs/hostile/said';
    const request = await cluster.request("hostile", "", {
      directory,
      output: "/srv/runs/hostile/100% of %j",
      program: ["/bin/sh", "-c", `${script}; echo printed`, "sh", ...args],
      options: { comment, scriptPreamble: `X='${HOSTILE.replaceAll("'", "'\\''")}\nmore'; export X` },
    });
    const { jobId: id } = await cluster.submit(request);
    // A comment with line ends is too much for who reads all of squeue's lines.
    const state = (): Promise<string> =>
      cluster.slurm("squeue", "--states=all", "--noheader", "--format=%T", `--jobs=${id}`);
    await vi.waitFor(async () => expect(await state()).toBe("COMPLETED\n"), PATIENCE);
    expect(cluster.file("hostile", "said").split("\0").slice(0, -1)).toEqual([directory, `${HOSTILE}\nmore`, ...args]);
    expect(cluster.file("hostile", "100% of %j")).toBe("printed\n");
    expect(await cluster.slurm("squeue", "--states=all", "--noheader", "--format=%k", `--jobs=${id}`)).toBe(
      `${comment}\n`,
    );
  });

  test.concurrent("keeps its output when Slurm starts it again", async () => {
    const script =
      'echo "run ${SLURM_RESTART_COUNT:-0}"; if [ -z "$SLURM_RESTART_COUNT" ]; then scontrol requeue $SLURM_JOB_ID; sleep 1000; fi';
    const request = await cluster.request("requeued", script, { options: { noRequeue: false } });
    const { jobId } = await cluster.submit(request);
    // Slurm lets two minutes go by before it starts such a job again, and slurmd refuses it in the second of its end.
    const state = (): Promise<string> => cluster.slurm("squeue", "--noheader", "--format=%T %r", `--jobs=${jobId}`);
    await vi.waitFor(async () => expect(await state()).toBe("PENDING BeginTime\n"), PATIENCE);
    await cluster.slurm("scontrol", "update", `JobId=${jobId}`, "StartTime=now+5");
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
    expect(cluster.file("requeued", "output")).toMatch(/^run 0\n[^]*\*\*\*[^]*run 1\n$/);
  });

  test.concurrent("has nothing of the job in which it was submitted", async () => {
    expect((await run("outside", RECORDS_ENVIRONMENT)).state).toBe("COMPLETED");
    const inside = await cluster.request("inside", RECORDS_ENVIRONMENT);
    const submits = cluster
      .command(inside)
      .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
      .join(" ");
    const outer = await cluster.testbed.sbatch(
      `#!/bin/sh\nexport SBATCH_CPU_BIND_LIST=0x1 CUDA_VISIBLE_DEVICES=0 SBATCH_WAIT=1\nsrun --overlap -N1 -n1 -c2 ${submits} > /srv/runs/inside/submitted\n`,
      {
        user: "alice",
        cwd: "/srv/runs/inside",
        args: ["-N2", "-n3", "-c2", "--mem=50", "--hint=nomultithread", "-t5"],
      },
    );
    expect(await cluster.endOf(outer)).toBe("COMPLETED");
    const { jobId } = outcomeOf(cluster.file("inside", "submitted").split("\n").filter(Boolean));
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
    expect(comparable(cluster.file("inside", "slurm-env"))).toEqual(comparable(cluster.file("outside", "slurm-env")));
    expect(cluster.file("inside", "env")).not.toMatch(/CUDA_VISIBLE_DEVICES|SBATCH_CPU_BIND/);
  });
});

/** Variables of Slurm, without the values that are one job's own. */
const comparable = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) =>
      /^SLURM_(?:JOB_?ID|JOB_NAME|JOB_(?:START|END)_TIME|TASK_PID|SUBMIT_\w+|\w*NODELIST|NODENAME|JOB_GID|JOBID|CONF|SLUID|JOB_SLUID|TOPOLOGY_ADDR|WORKING_CLUSTER)=|^SLURMD_/.test(
        line,
      )
        ? line.replace(/=.*/, "")
        : line,
    );
