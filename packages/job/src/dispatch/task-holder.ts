/** Who has a task: its line, in which it waits, or its holder, on whose worker it is. (`Task` is a parameter, as task.ts needs both.) */
import type { Lease } from "@hyperion-ts/cpu-pool";
import type { WorkerDeath } from "@hyperion-ts/launcher";
import type { CallFailure } from "@hyperion-ts/wire";
import type { LineInstruction, WorkerInstruction } from "./call-state.ts";
import type { TaskPlace } from "./task-error.ts";

/** Where a task waits. */
export interface TaskLine<Task> {
  /** The task has CPUs. */
  granted(task: Task, lease: Lease): void;
  /** No node that is there could ever serve the task. */
  refused(task: Task, error: Error): void;
  /** Does what the task's state says. */
  carryOut(task: Task, instruction: LineInstruction): void;
}

/** A worker that has a task, or CPUs on which one is being started. */
export interface TaskHolder<Task> {
  /** The CPUs that its tasks have. */
  readonly lease: Pick<Lease, "node" | "cpuIds">;
  /** Where its tasks are, for errors; `ranMs` is the time since a call last began here. */
  readonly place: TaskPlace;
  /** The task's call has returned `value`, after `runMs`. */
  succeeded(task: Task, value: unknown, runMs: number): void;
  /** The task's call has failed in the function or at its schemas, after `runMs`. */
  failed(task: Task, failure: CallFailure, runMs: number): void;
  /** The task's worker has died; `spared`: that is no attempt of its call. */
  lost(task: Task, death: WorkerDeath, spared: boolean): void;
  /** A recall has brought the task's call back: it had not begun. */
  returned(task: Task): void;
  /** Does what the task's state says. */
  carryOut(task: Task, instruction: WorkerInstruction): void;
}
