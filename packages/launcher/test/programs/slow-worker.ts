/** Loaded into each process by --import: holds up a worker, and nothing else. */
if (process.argv[1]?.includes("worker-main") === true) await new Promise((resolve) => setTimeout(resolve, 600_000));
