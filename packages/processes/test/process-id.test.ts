import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { descendants, isAlive, readProcess, sendSignal, signalEach } from "../src/process-id.ts";

it("a signal to a process that has ended meanwhile is no error, and one to a living process arrives", async () => {
  const child = spawn("sleep", ["1000"]);
  const ended = once(child, "close");
  expect(sendSignal(child.pid ?? 0, "SIGTERM")).toBe(true);
  expect(await ended).toEqual([null, "SIGTERM"]);
  expect(sendSignal(child.pid ?? 0, "SIGTERM")).toBe(false);
});

it("a process whose name holds brackets and spaces is read as it is", async () => {
  // prctl(PR_SET_NAME) is what writes to this file.
  const child = spawn("sh", ["-c", 'printf "a) R (b" >/proc/$$/comm; echo ready; read -r line']);
  const ended = once(child, "close");
  try {
    await once(child.stdout, "data");
    expect(readProcess(child.pid ?? 0)).toMatchObject({ comm: "a) R (b", parent: process.pid, pid: child.pid });
  } finally {
    child.stdin.end();
    await ended;
  }
});

it("finds children of children, and tells a process from another one of its number", async () => {
  const child = spawn("sh", ["-c", "sh -c 'sleep 1000; true' & echo ready; wait"], { detached: true });
  const ended = once(child, "close");
  try {
    await once(child.stdout, "data");
    await expect.poll(() => descendants(child.pid ?? 0).map(({ comm }) => comm)).toEqual(["sh", "sleep"]);
    const [shell, sleep] = descendants(child.pid ?? 0);
    if (shell === undefined || sleep === undefined) throw new Error("Expected two processes");
    expect([shell.parent, sleep.parent]).toEqual([child.pid, shell.pid]);

    const another = { pid: sleep.pid, startTime: "1" };
    expect([isAlive(sleep), isAlive(another)]).toEqual([true, false]);
    expect(signalEach([another], "SIGKILL")).toBe(0);
    expect(isAlive(sleep)).toBe(true);
    expect(signalEach([shell, sleep], "SIGKILL")).toBe(2);
    await expect.poll(() => [shell, sleep].filter(isAlive)).toEqual([]);
  } finally {
    sendSignal(-(child.pid ?? 0), "SIGKILL");
    await ended;
  }
});

it("a zombie has ended", async () => {
  // The shell becomes a program that does not wait for the child, which ends only then.
  const parent = spawn("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"]);
  const ended = once(parent, "close");
  try {
    const pid = Number(String(await once(parent.stdout, "data")));
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => readProcess(pid)?.state).toBe("Z");
    expect(isAlive({ pid, startTime: readProcess(pid)?.startTime ?? "" })).toBe(false);
  } finally {
    parent.kill("SIGKILL");
    await ended;
  }
});
