/** A script that wants arguments, which a worker has not. */
if (process.argv.length < 4) {
  console.error("usage: module-exits FILE LIMIT");
  process.exit(2);
}
