/**
 * Measures what the types of an app cost the compiler: a handler of Stripe's events through Countersign, against the same one with Stripe's own
 * union. `node bench/types.ts [runs]`, after `npm run setup`.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const mostTimes = 1.3;
const folder = fileURLToPath(new URL('.types/', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

/** The body of both apps: it narrows, reads fields of many payloads and passes objects on. */
const names = [
  ['invoice.paid', 'Invoice', 'amount_paid'],
  ['invoice.payment_failed', 'Invoice', 'attempt_count'],
  ['customer.created', 'Customer', 'email'],
  ['customer.subscription.created', 'Subscription', 'status'],
  ['customer.subscription.updated', 'Subscription', 'status'],
  ['customer.subscription.deleted', 'Subscription', 'ended_at'],
  ['checkout.session.completed', 'Checkout.Session', 'mode'],
  ['payment_intent.succeeded', 'PaymentIntent', 'amount'],
  ['charge.refunded', 'Charge', 'amount_refunded'],
  ['payout.paid', 'Payout', 'arrival_date'],
] as const;

const cases = (data: string) =>
  names
    .map(
      ([name, type, field]) =>
        `    case '${name}': {\n      const it: Stripe.${type} = ${data};\n      return it.${field};\n    }`,
    )
    .join('\n');

const apps = {
  'stripe-node’s types alone': `import type Stripe from 'stripe';

export function handle(event: Stripe.Event) {
  switch (event.type) {
${cases('event.data.object')}
    default:
      return undefined;
  }
}

export const handlers: { [Type in Stripe.Event['type']]?: (event: Extract<Stripe.Event, { type: Type }>) => unknown } = {
${names.map(([name, , field]) => `  '${name}': (event) => event.data.object.${field},`).join('\n')}
};
`,
  'through Countersign': `import { createReceiver, type EventOf, type HandlersByType } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe/typed';
import type Stripe from 'stripe';

export const receiver = createReceiver({ provider: stripe, secrets: 'whsec_example' });

export function handle(event: EventOf<typeof stripe>) {
  switch (event.type) {
${cases('event.payload.data.object')}
    default:
      return undefined;
  }
}

export const handlers: HandlersByType<EventOf<typeof stripe>> = {
${names.map(([name, , field]) => `  '${name}': (event) => event.payload.data.object.${field},`).join('\n')}
};
`,
} as const;
type App = keyof typeof apps;

/** Printed by the compiler's process when it ends: a busy machine does not stretch it. */
const printCpu = `data:text/javascript,process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log('Processor time: ' + (user + system) / 1e6);
})`;

/** One run of the compiler in a process of its own: its own figures, and its processor time. */
interface Sample {
  readonly cpuSeconds: number;
  readonly checkSeconds: number;
  readonly totalSeconds: number;
  readonly instantiations: number;
  readonly memoryMegabytes: number;
}

function compile(app: App): Sample {
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--import', printCpu, compiler, '-p', directoryOf(app), '--extendedDiagnostics'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  if (status !== 0) throw new Error(`${app} does not compile; build first (npm run setup).\n${stdout}`);
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]);
  return {
    cpuSeconds: figure('Processor time'),
    checkSeconds: figure('Check time'),
    totalSeconds: figure('Total time'),
    instantiations: figure('Instantiations'),
    memoryMegabytes: figure('Memory used') / 1024,
  };
}

function directoryOf(app: App): string {
  return `${folder}${app.replaceAll(/\W+/g, '-')}/`;
}

function write(app: App): void {
  mkdirSync(directoryOf(app), { recursive: true });
  writeFileSync(`${directoryOf(app)}app.ts`, apps[app]);
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(`${directoryOf(app)}tsconfig.json`, JSON.stringify({ compilerOptions, files: ['app.ts'] }));
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] as number;

/**
 * Compiles both in turn and prints medians.
 *
 * @returns whether the goal is reached
 */
export function measureTypes(runs = 15): boolean {
  const [alone, through] = Object.keys(apps) as [App, App];
  try {
    for (const app of [alone, through]) write(app);
    // The first run of each fills the disk's cache.
    for (const app of [alone, through]) compile(app);
    const pairs = Array.from({ length: runs }, (_, run) => {
      // In turns, also for who is first.
      if (run % 2 === 0) return { alone: compile(alone), through: compile(through) };
      const second = compile(through);
      return { alone: compile(alone), through: second };
    });
    console.log(`Type check of an app with Stripe's events, in ${runs} processes each, in turn. Medians.`);
    const row = (samples: readonly Sample[]) => ({
      'processor time, s': median(samples.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      'check, s': median(samples.map(({ checkSeconds }) => checkSeconds)).toFixed(2),
      'total, s': median(samples.map(({ totalSeconds }) => totalSeconds)).toFixed(2),
      instantiations: median(samples.map(({ instantiations }) => instantiations)),
      'memory, MB': median(samples.map(({ memoryMegabytes }) => memoryMegabytes)).toFixed(0),
    });
    console.table({
      [alone]: row(pairs.map((pair) => pair.alone)),
      [through]: row(pairs.map((pair) => pair.through)),
    });
    const ratio = median(pairs.map((pair) => pair.through.cpuSeconds / pair.alone.cpuSeconds));
    const isReached = ratio <= mostTimes;
    console.log(
      `Processor time: ${ratio.toFixed(2)} times as much (at most ${mostTimes}): ${isReached ? 'reached' : 'MISSED'}.`,
    );
    return isReached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = measureTypes(Number(process.argv[2] ?? 15)) ? 0 : 1;
}
