/** What workers and nodes use as tables, the busiest first. Pure. */
import type { NodeUsageNow, UsageNow, WorkerUsageNow } from "../usage-now.ts";
import { type Column, tableText, type TableOptions } from "./table.ts";

const WORKER_COLUMNS: readonly Column[] = [
  { heading: "WORKER" },
  { heading: "NODE" },
  { heading: "PID", right: true },
  { heading: "CPU %", right: true },
  { heading: "MEMORY", right: true },
  { heading: "PROCS", right: true },
  { heading: "CALL", right: true },
  { heading: "FUNCTION" },
];

const NODE_COLUMNS: readonly Column[] = [
  { heading: "NODE" },
  { heading: "WORKERS", right: true },
  { heading: "THEIR CPU %", right: true },
  { heading: "ALL CPU %", right: true },
  { heading: "OF", right: true },
  { heading: "MEMORY USED", right: true },
  { heading: "OF", right: true },
];

/** A row for each worker. */
export const workerUsageTable = ({ workers }: UsageNow, options: TableOptions): string =>
  tableText(WORKER_COLUMNS, workers.map(workerRow), options);

/** A row for each node. */
export const nodeUsageTable = ({ nodes, silent }: UsageNow, options: TableOptions): string =>
  tableText(NODE_COLUMNS, [...nodes.map(nodeRow), ...silent.map((node) => [node, "no answer"])], options);

const workerRow = ({
  id,
  node,
  pid,
  cpuPercent,
  memoryMb,
  processes,
  call,
  functionName,
}: WorkerUsageNow): string[] => [
  id ?? "",
  node,
  String(pid),
  percent(cpuPercent),
  memoryText(memoryMb),
  String(processes),
  call ?? "",
  functionName ?? "",
];

const nodeRow = ({
  node,
  workers,
  workersCpuPercent,
  cpuPercent,
  onlineCpus,
  memoryMb,
  freeMemoryMb,
}: NodeUsageNow): string[] => [
  node,
  String(workers),
  percent(workersCpuPercent),
  percent(cpuPercent),
  String(100 * onlineCpus),
  memoryText(memoryMb - freeMemoryMb),
  memoryText(memoryMb),
];

/** Of one CPU; null: there was only one look. */
const percent = (value: number | null): string => (value === null ? "" : value.toFixed(0));

/** `512 MB`, `3.2 GB`. */
const memoryText = (megabytes: number): string =>
  megabytes < 1_024 ? `${megabytes.toFixed(0)} MB` : `${(megabytes / 1_024).toFixed(1)} GB`;
