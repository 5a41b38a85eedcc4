/** `npm run demo`: five senders post real requests to a real Express app; a table shows the outcome of each. */

import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import colors from 'picocolors';
import { type Row, runCases } from './cases.ts';
import { type Sender, senders } from './senders.ts';
import { start } from './start.ts';

const usage = `usage: npm run demo [-- --serve] [-- --port <number>]

  --serve   keep the app running afterwards and print curl lines to try by hand
  --port    listen on this port of 127.0.0.1 (default: any that is free)
`;

const { serve, port, help } = readArguments();
if (help) {
  console.log(usage);
  process.exit(0);
}

const app = await start(port).catch((error: Error) => {
  console.error(`could not listen on port ${port}: ${error.message}`);
  process.exit(2);
});
console.log(`\nThe app listens on http://127.0.0.1:${app.port}. Each sender signs with node:crypto, on its own.\n`);

const rows: Row[] = [];
for (const sender of senders) for await (const row of runCases(sender, app)) rows.push(row);
console.log(tableOf(rows));

const wrong = rows.filter(({ expected }) => expected !== undefined);
const twice = app.handled.length - new Set(app.handled).size;
const summary = `${rows.length - wrong.length} of ${rows.length} rows are what they must be; ${app.handled.length} events handled, ${twice} of them twice.`;
const isRight = wrong.length === 0 && twice === 0;
console.log(isRight ? colors.green(summary) : colors.red(summary));
for (const row of wrong) console.log(colors.red(`  ${row.sender}, ${row.name}: must be ${row.expected}`));

if (serve && isRight) {
  console.log(
    `\nThe app stays up; stop it with Ctrl-C. Genuine deliveries to try (Clapwork's is good for five minutes):\n`,
  );
  for (const sender of senders) console.log(`${colors.bold(`# ${sender.title}`)}\n${curlLine(sender, app.port)}\n`);
  console.log(
    colors.dim('Send one twice, change a byte of its body, or leave the signature header out, and look at the status.'),
  );
  const stop = () => {
    app.server.close(() => process.exit(0));
    app.server.closeAllConnections();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
} else {
  app.server.close();
  process.exitCode = isRight ? 0 : 1;
}

function tableOf(all: readonly Row[]): string {
  const table = new Table({
    head: ['sender', 'case', 'status', 'outcome', 'reason'].map((name) => colors.bold(name)),
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  let before = '';
  for (const { sender, name, status, outcome, reason, expected } of all) {
    const paint =
      expected !== undefined ? colors.red : status < 300 ? colors.green : status < 500 ? colors.yellow : colors.magenta;
    const mark = expected === undefined ? '' : ` (must be ${expected})`;
    table.push([
      sender === before ? '' : colors.bold(sender),
      name,
      paint(String(status)),
      paint(outcome + mark),
      colors.dim(reason),
    ]);
    before = sender;
  }
  return table.toString();
}

function curlLine(sender: Sender, appPort: number): string {
  const { path, headers, body } = sender.deliver(`by-hand-${Date.now()}`);
  const options = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\\n`);
  return `curl -i http://127.0.0.1:${appPort}${path} \\\n${options.join('')}  --data-binary '${body.toString()}'`;
}

function readArguments(): { serve: boolean; port: number; help: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        serve: { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const number = Number(values.port);
    if (!Number.isInteger(number) || number < 0 || number > 65_535)
      throw new Error('--port takes a number from 0 to 65535');
    return { ...values, port: number };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
