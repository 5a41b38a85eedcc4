/** `countersign add` for every sender: the code of one project that receives from all of them. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '@countersign/providers/registry';
import { expect, test } from 'vitest';
import { type Added, addTo, compileIn, copyApp, installIn, runIn } from './app-folders.ts';

const senders = [...registry.values()].filter(({ kind }) => kind !== 'unverifiable').map(({ id }) => id);
/** Senders whose keys are fetched from them, or whose receiver keeps more than a secret. */
const withoutGenuine = ['apple-app-store-v2', 'aws-sns', 'clockify-addon', 'paypal'];

async function addAll(
  app: string,
  leftOut: readonly string[] = [],
): Promise<{ readonly folder: string; readonly all: readonly Added[] }> {
  const folder = copyApp(app);
  const all: Added[] = [];
  for (const id of senders.filter((one) => !leftOut.includes(one))) all.push(await addTo(folder, id));
  await installIn(folder, all[0] as Added);
  return { folder, all };
}

test('for every sender, the written test runs and passes, and signs a delivery if a test can', async () => {
  const { folder, all } = await addAll('fetch-javascript');
  const unsigned = all.filter(({ test }) => !test.signsDeliveries);
  expect(unsigned.map(({ url }) => url.slice('/webhooks/'.length))).toEqual(withoutGenuine);
  const { code, output } = await runIn(folder, [
    '--test',
    '--test-isolation=none',
    ...all.map(({ test }) => test.path),
  ]);
  expect(output).toMatch(new RegExp(`pass ${all.length * 2 - unsigned.length}\\b`));
  expect(code).toBe(0);
}, 120_000);

test('for every sender, the written TypeScript compiles, and a wrong fact does not', async () => {
  const { folder, all } = await addAll('fetch');
  expect(await compileIn(folder)).toEqual({ code: 0, output: '' });
  const path = join(
    folder,
    all.flatMap(({ files }) => files).find((file) => file.path.endsWith('aws-sns-receiver.ts'))?.path ?? '',
  );
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('// - topicArns: the ARNs of your topics');
  writeFileSync(path, text.replace("signatureVersion: '2'", "signatureVersion: '3'"));
  const { code, output } = await compileIn(folder);
  expect(output).toMatch(/aws-sns-receiver\.ts.*'"3"' is not assignable/);
  expect(code).not.toBe(0);
}, 120_000);

test.each([
  ['nest', ['adyen']],
  ['next', []],
  ['fastify-commonjs', []],
])(
  'for every sender, what is written for %s compiles',
  async (app, leftOut) => {
    const { folder } = await addAll(app, leftOut);
    expect(await compileIn(folder)).toEqual({ code: 0, output: '' });
  },
  120_000,
);

/** Senders that differ in what their route and its test need. */
const unlike = ['discord', 'meta', 'twilio', 'paypal', 'asana', 'convoy', 'apple-app-store-v2'];

test.each(['nest', 'svelte-kit', 'nitro'])(
  'the written tests of unlike senders pass in %s',
  async (app) => {
    const folder = copyApp(app);
    const all: Added[] = [];
    for (const id of unlike) all.push(await addTo(folder, id));
    await installIn(folder, all[0] as Added);
    if (app === 'svelte-kit') await runIn(folder, ['node_modules/@sveltejs/kit/svelte-kit.js', 'sync']);
    expect(await compileIn(folder)).toEqual({ code: 0, output: '' });
    const { output } = await runIn(folder, ['node_modules/vitest/vitest.mjs', 'run']);
    const unsigned = all.filter(({ test }) => !test.signsDeliveries).length;
    expect(output).toMatch(new RegExp(`Tests\\s+${all.length * 2 - unsigned} passed`));
  },
  120_000,
);
