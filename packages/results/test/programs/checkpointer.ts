/**
 * Writes as this package does, but moves its log into the database at each few pages (its second argument), and begins the log
 * anew each time. In one transaction it gives all keys of map "m" one number, some in larger rows than before, and prints the
 * number after its COMMIT. A line on its input asks for an end, after which it prints "end".
 */
import { openConnection } from "../../src/connection.ts";

const [, , path = "", pages = "10"] = process.argv;
using connection = openConnection(path, "write");
connection.database.exec(`pragma wal_autocheckpoint = ${pages}; delete from hyperion_key_val`);
const insert = connection.prepare(
  "insert into hyperion_key_val(program_id, kv_map, key, val) values ('write', 'm', ?, '0')",
);
const update = connection.prepare("update hyperion_key_val set val = ? where kv_map = 'm' and key = ?");
const keys = Array.from({ length: 20 }, (_, key) => String(key));
connection.database.exec("begin");
for (const key of keys) insert.run(key);
connection.database.exec("commit");

const ending = new AbortController();
process.stdin.on("data", () => ending.abort());
for (let round = 1; !ending.signal.aborted; round += 1) {
  connection.database.exec("begin immediate");
  for (const key of keys) update.run(`[${round},"${"x".repeat(((round + Number(key)) % 7) * 900)}"]`, key);
  connection.database.exec("commit");
  console.log(round);
  if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
}
process.stdin.destroy();
console.log("end");
