import { readFileSync } from 'node:fs';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries } from 'example-testing/deliveries';
import { runCommand } from 'example-testing/run-command';
import { findRuntime } from 'example-testing/runtime';
import { fromStripe, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { STRIPE_WEBHOOK_SECRET } = secrets;
const { program = '', note } = findRuntime('deno', '2.9.6');
const folder = new URL('..', import.meta.url);
const file = 'supabase/functions/stripe/index.ts';
// The condition stands for the packages' sources, and node_modules for the registry that deno.json names.
const options =
  '--conditions=countersign-source --no-config --node-modules-dir=manual --allow-net --allow-env --allow-read';
// Supabase chooses the address by itself; Deno takes it from this variable.
const command = [
  'sh',
  '-c',
  `DENO_SERVE_ADDRESS=tcp:127.0.0.1:$PORT exec "${program}" run ${options} ${file}`,
] as const;

describe.skipIf(program === '')(`the example of Supabase${note}`, () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env: { STRIPE_WEBHOOK_SECRET } });
  });
  afterAll(() => app?.stop());

  // The gateway strips /functions/v1.
  testDeliveries(() => endpointOf(app, '/stripe'), { sender: fromStripe, printed: 'stripe invoice.paid' });

  it('does not start without its secret', async () => {
    await expect(startApp({ command, folder, env: {} })).rejects.toThrow(/stripe needs the signing secret/);
  });
});

describe('the configuration for Supabase', () => {
  it('has the types of what it calls', async () => {
    const tsc = '../../node_modules/typescript-7/bin/tsc';
    await runCommand([process.execPath, tsc, '-p', 'tsconfig.json'], folder);
  });

  it('switches off the check of tokens, which no sender has', () => {
    const config = readFileSync(new URL('supabase/config.toml', folder), 'utf8');
    expect(config).toMatch(/^\[functions\.stripe\]\nverify_jwt = false$/m);
  });

  it('names every package that the function imports', () => {
    const imported = [...readFileSync(new URL(file, folder), 'utf8').matchAll(/ from '(.+)';/g)].map(
      ([, name]) => name,
    );
    const { imports } = JSON.parse(readFileSync(new URL('supabase/functions/stripe/deno.json', folder), 'utf8'));
    expect(imported).toHaveLength(3);
    expect(Object.keys(imports)).toEqual(imported);
  });
});
