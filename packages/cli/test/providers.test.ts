/** `countersign providers`, and the table of what presets ask for, held against the registry and the presets. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { registry } from '@countersign/providers/registry';
import { askingPresets, presetQuestions } from '@countersign/providers/tools/preset-questions';
import { describe, expect, test } from 'vitest';
import { exampleOptions, parsePresetOptions } from '../src/flags/preset-options.ts';
import { makeFolder, runHere, runProgram } from './run-cli.ts';

const { write } = makeFolder();

describe('the list', () => {
  test('has every sender of the registry, as a table and as JSON', async () => {
    const table = await runProgram(['providers']);
    expect(table.stderr).toBe('');
    expect(table.code).toBe(0);
    const lines = table.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(registry.size);
    expect(table.stdout).toMatch(/^stripe +Stripe +preset$/m);
    const { providers } = JSON.parse((await runHere(['providers', '--json'])).stdout);
    expect(providers).toEqual([...registry.values()].map(({ id, title, kind }) => ({ id, title, kind })));
  });

  test('is cut down by a part of the id or of the name, in any case, and by kind', async () => {
    const idsOf = async (...words: string[]) =>
      JSON.parse((await runHere(['providers', ...words, '--json'])).stdout).providers.map(
        ({ id }: { id: string }) => id,
      );
    expect(await idsOf('STRIPE')).toEqual(['stripe']);
    expect(await idsOf('list', 'stripe')).toEqual(['stripe']);
    expect(await idsOf('quickbooks')).toEqual(['intuit']);
    expect(await idsOf('--kind', 'unverifiable')).toEqual(['salesforce']);
    expect(await idsOf('a', '--kind', 'asks')).toContain('aws-sns');
  });

  test('ends with 1 where nothing fits, and names what is near', async () => {
    const { stdout, stderr, code } = await runHere(['providers', 'githbu', '--json']);
    expect(JSON.parse(stdout)).toEqual({ providers: [] });
    expect(stderr).toContain('Did you mean github?');
    expect(code).toBe(1);
    expect((await runHere(['providers', '--kind', 'unknown'])).code).toBe(2);
  });
});

describe('the events of one sender', () => {
  test('are listed, with a mark for those that have a sample', async () => {
    const all = await runHere(['providers', 'events', 'stripe']);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const lines = all.stdout.trimEnd().split('\n');
    expect(lines).toContain('invoice.paid *');
    expect(lines).toContain('account.updated');
    const samples = await runHere(['providers', 'events', 'stripe', '--samples']);
    expect(samples.stdout.trimEnd().split('\n')).toEqual(
      lines.flatMap((line) => (line.endsWith(' *') ? [line.slice(0, -2)] : [])),
    );
    const json = JSON.parse((await runHere(['providers', 'events', 'github', '--json'])).stdout);
    expect(json).toMatchObject({ id: 'github' });
    expect(json.events).toContainEqual({ name: 'push', hasSample: true });
    expect(json.events).toContainEqual({ name: 'watch', hasSample: false });
    expect((await runHere(['providers', 'events', 'twilio'])).stdout).toMatch(/names no event[\s\S]*sample twilio\n$/);
    expect((await runHere(['providers', 'events', 'box', '--samples'])).stdout).toBe('box has no samples.\n');
  });

  test('have samples that are printed as JSON', async () => {
    const paid = JSON.parse((await runHere(['providers', 'sample', 'stripe', 'invoice.paid'])).stdout);
    expect(paid).toMatchObject({ object: 'event', type: 'invoice.paid', data: { object: { object: 'invoice' } } });
    expect(JSON.parse((await runHere(['providers', 'sample', 'stripe', 'invoice.paid', '--json'])).stdout)).toEqual(
      paid,
    );
    expect(JSON.parse((await runHere(['providers', 'sample', 'telegram'])).stdout)).toHaveProperty('message.text');
    expect(JSON.parse((await runHere(['providers', 'sample', 'github'])).stdout)).toHaveProperty('head_commit');
  });

  test.each([
    [['stripe', 'invoice.piad'], 'stripe has no sample of invoice.piad. Did you mean invoice.paid?'],
    [['stripe', 'account.updated'], 'stripe has no sample of account.updated. countersign providers events'],
    [['stripe', '*'], 'stripe has no sample of *. countersign providers events'],
    [['stripe', 'toString'], 'stripe has no sample of toString.'],
    [['box'], 'box has no sample.'],
    [['strype', 'invoice.paid'], 'there is no provider strype. Did you mean stripe?'],
  ])('say in one line that a sample does not exist, and print nothing else: %j', async (words, told) => {
    const { code, stdout, stderr } = await runHere(['providers', 'sample', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(told);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('what is shown of one sender', () => {
  test.each([...registry.keys()])('holds the same facts as data and in words: %s', async (id) => {
    const json = await runHere(['providers', 'show', id, '--json']);
    expect(json.stderr).toBe('');
    expect(json.code).toBe(0);
    const facts = JSON.parse(json.stdout);
    expect(facts).toMatchObject({ id, title: registry.get(id)?.title, kind: registry.get(id)?.kind });
    const words = await runHere(['providers', 'show', id]);
    expect(words.code).toBe(0);
    expect(words.stdout).not.toMatch(/undefined|\[object|NaN|null/);
    if (facts.kind === 'unverifiable') {
      expect(words.stdout).toContain(facts.unverifiable);
      return;
    }
    expect(words.stdout).toContain(facts.scheme.algorithm);
    expect(words.stdout).toContain(facts.source.readOn);
    for (const told of [facts.source.url, facts.secretHelp, facts.confidence?.replace('_', ' '), ...facts.unsaid]) {
      if (told !== null) expect(words.stdout).toContain(told);
    }
    expect(facts.scheme.signature.length, 'where the signature stands').toBeGreaterThan(0);
    expect(facts.asks.length > 0).toBe(facts.kind === 'asks');
  });

  test('of Stripe is what its page says', async () => {
    const { stdout } = await runProgram(['providers', 'show', 'stripe', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      scheme: {
        kind: 'hmac',
        algorithm: 'HMAC-SHA-256',
        hash: 'SHA-256',
        material: 'secrets',
        signature: ['header stripe-signature, item v1, hex'],
        encoding: ['hex'],
        timestamp: { header: 'stripe-signature', key: 't', unit: 'seconds' },
        id: null,
        signedText: '{timestamp}.{body}',
        covers: { body: true, id: false, timestamp: true },
      },
      eventId: { json: 'id' },
      eventCreatedAt: { json: 'created', unit: 'seconds' },
      identity: { from: 'id', id: '`id` in the signed body', joined: null },
      toleranceSeconds: { past: 300, future: 300 },
      isToleranceKnown: true,
      tokenMaxAgeSeconds: null,
      window: '300 s',
      retries: { horizonSeconds: 259_200, resigns: true, keepsBody: null, redirects: { count: 'failure' } },
      wrongSecrets: expect.arrayContaining([{ prefix: 'sk_', kind: 'a secret API key' }]),
      source: { url: 'https://docs.stripe.com/webhooks' },
      confidence: 'documented',
      asks: [],
    });
  });

  test('says of each sender what makes a duplicate, and how old and how early a delivery may be', async () => {
    const show = async (id: string) => {
      const { stdout } = await runHere(['providers', 'show', id, '--json']);
      return { facts: JSON.parse(stdout), words: (await runHere(['providers', 'show', id])).stdout };
    };
    const linear = await show('linear');
    expect(linear.facts.toleranceSeconds).toEqual({ past: 28_800, future: 60 });
    expect(linear.facts.retries).toMatchObject({ resigns: false, keepsBody: true });
    expect(linear.words).toContain('8 h in the past, 60 s in the future');
    expect(linear.words).toContain('with the first signature, with the same body');
    const shopify = await show('shopify');
    expect(shopify.facts.identity).toMatchObject({
      from: 'digest',
      joined: { by: 'id', header: 'x-shopify-webhook-id' },
      bytesRepeat: true,
      idKept: true,
    });
    expect(shopify.words).toContain('with the same id in x-shopify-webhook-id');
    const plaid = await show('plaid');
    expect(plaid.facts).toMatchObject({ identity: { from: 'none' }, toleranceSeconds: null, tokenMaxAgeSeconds: 300 });
    expect(plaid.words).toContain('No delivery counts as a duplicate');
    expect((await show('github')).facts).toMatchObject({
      toleranceSeconds: null,
      window: 'none: no timestamp is signed',
    });
  });

  test('of a preset that asks is marked as an example until its options are given', async () => {
    const example = JSON.parse((await runHere(['providers', 'show', 'convoy', '--json'])).stdout);
    expect(example.calledWith).toEqual({
      options: ['mode=advanced', 'hash=SHA-256', 'encoding=hex'],
      isExample: true,
    });
    const given = ['--option', 'mode=simple', '--option', 'hash=SHA-512', '--option', 'encoding=base64'];
    const told = JSON.parse((await runHere(['providers', 'show', 'convoy', ...given, '--json'])).stdout);
    expect(told.calledWith.isExample).toBe(false);
    expect(told.scheme).toMatchObject({ hash: 'SHA-512', encoding: ['base64'], signedText: '{body}' });
    expect((await runHere(['providers', 'show', 'convoy'])).stdout).toContain('--option encoding=...');
  });
});

describe('what presets ask for', () => {
  const asking = [...registry.values()].filter(({ kind }) => kind === 'asks');

  test('has a row for each preset that asks, and for no other', () => {
    expect([...askingPresets].sort()).toEqual(asking.map(({ id }) => id).sort());
  });

  test.each(asking.map((entry) => [entry.id, entry] as const))('is what %s asks for', async (id, entry) => {
    const preset = (await entry.load()) as (options: unknown) => { name: string };
    const examples = exampleOptions(id);
    expect(preset(parsePresetOptions(id, examples)).name).toBe(id);
    // A header with an id must be among the components that are covered.
    const idHeader = presetQuestions(id).find(({ form }) => form === 'header')?.example;
    const every = presetQuestions(id).map(({ name, example }) =>
      name === 'components' ? `${name}=${example},${idHeader}` : `${name}=${example}`,
    );
    expect(preset(parsePresetOptions(id, every)).name).toBe(id);
    // Each that the table calls required, the preset requires too.
    if (id === 'clientcasa') return;
    const values = parsePresetOptions(id, examples) as Record<string, unknown>;
    for (const name of Object.keys(values)) {
      expect(() => preset({ ...values, [name]: undefined }), name).toThrow(/options_invalid/);
    }
  });
});

/** The deliveries that prove the presets; each was signed by somebody else's code. */
interface Recorded {
  readonly provider: string;
  readonly at: number;
  readonly secret?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly body: string;
  readonly expected: { readonly id?: string; readonly type?: string };
}

describe('the recorded delivery', () => {
  const recordings = new URL('../../providers/test/recorded/', import.meta.url);
  /** As they are called where the recordings are made. Those of SNS and PayPal are verified by certificates made for them. */
  const answers: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(new URL('../recorded-answers.json', recordings), 'utf8'),
  );
  const options = Object.fromEntries(
    Object.entries(answers).map(([id, given]) => [id, Object.entries(given).map((answer) => answer.join('='))]),
  );
  const files = existsSync(recordings) ? readdirSync(recordings) : [];
  const named = files.filter((file) => !/^(?:aws-sns|paypal)\.json$/.test(file));

  test('is there for more than a hundred senders', () => {
    expect(named.length).toBeGreaterThan(100);
  });

  test.each(named)('verifies by the command line: %s', async (file) => {
    const recorded = JSON.parse(readFileSync(new URL(file, recordings), 'utf8')) as Recorded;
    const { provider, secret, key, publicUrl, url, method } = recorded;
    const words = [
      'verify',
      '--provider',
      provider,
      ...(options[provider] ?? []).flatMap((option) => ['--option', option]),
      '--headers',
      write(JSON.stringify(recorded.headers)),
      '--body',
      write(recorded.body),
      '--at',
      new Date(recorded.at * 1000).toISOString(),
      ...(key === undefined ? [] : ['--key', write(key)]),
      ...(publicUrl === undefined ? [] : ['--public-url', publicUrl]),
      ...(url === undefined ? [] : ['--url', url]),
      ...(method === undefined ? [] : ['--method', method]),
      '--json',
    ];
    const env: Record<string, string> = secret === undefined ? {} : { COUNTERSIGN_SECRET: secret };
    const { stdout, stderr, code } = await runHere(words, { env });
    expect(JSON.parse(stdout), stderr).toMatchObject({ verified: true, provider });
    expect(code).toBe(0);
    const { id, type } = recorded.expected;
    const { event, matched } = JSON.parse(stdout);
    if (secret !== undefined) expect(matched).toBe('COUNTERSIGN_SECRET');
    if (id !== undefined) expect(event.id).toBe(id);
    if (type !== undefined) expect(event.type).toBe(type);
    if (secret !== undefined) expect(stdout + stderr).not.toContain(secret);
  });
});
