/** Runs the bundled tests on Node, Bun and Deno: `program.mjs RUNTIME REPORT`; REPORT gets one line per file. */
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { files } from 'portable-tests';
import { runFile } from './run-file.mjs';

const [runtime, report] = process.argv.slice(2);
const write = (line) => appendFileSync(report, `${JSON.stringify(line)}\n`);
const strays = [];
for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, (error) => strays.push(error));

write({ version: globalThis.Bun?.version ?? globalThis.Deno?.version.deno ?? process.versions.node });
for (const [file, load] of files) {
  write({ begins: file });
  write(await runFile({ file, load, runtime, strays }));
}
write({ isDone: true });
process.exit(0);
