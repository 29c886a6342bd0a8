/** Loaded before the command: an error in it that nobody catches, when its process gets SIGUSR2. */
process.on("SIGUSR2", () => {
  throw new Error("thrown when told");
});
