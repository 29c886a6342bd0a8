/** The bundler's program: it reads a request from its standard input, and writes the answer to its standard output. */
import { text } from "node:stream/consumers";
import { bundleProgram } from "./bundle-program.ts";
import type { BundleRequest } from "./bundle-request.ts";

process.stdout.write(JSON.stringify(await bundleProgram(JSON.parse(await text(process.stdin)) as BundleRequest)));
