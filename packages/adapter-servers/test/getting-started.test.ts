/** The endpoints of docs/getting-started.md, as the page has them, against the contract with the events that are made up for typed presets. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Provider } from '@countersign/core';
import { clawget } from '@countersign/providers/clawget';
import { registry } from '@countersign/providers/registry';
import { createSigningKeys, runWebhookContract, signDelivery } from '@countersign/testing';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const page = readFileSync(new URL('../../../docs/getting-started.md', import.meta.url), 'utf8');
const directory = new URL('../.cache/getting-started/', import.meta.url);
const [finished = '', ownHandler = ''] = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);

/** The presets whose payloads have a type; of these, the ones that verify with a shared secret, as the page's code does. */
const providersSource = new URL('../../providers/src/', import.meta.url);
const typedIds = [...registry.keys()].filter(
  (id) =>
    existsSync(new URL(`typed/${id}.ts`, providersSource)) ||
    /import type \{[^}]*TypedEvents/.test(readFileSync(new URL(`events/${id}.ts`, providersSource), 'utf8')),
);
/** Other presets with samples, which have only the fields that the preset types. Those of typed presets have their own test in providers. */
const typed = (
  await Promise.all(
    [...registry.values()].map(async ({ id, kind, load, events }) => {
      const { samples } = await events();
      if (kind !== 'preset' || samples === undefined || typedIds.includes(id)) return [];
      return [[id, (await load()) as Provider, samples] as const];
    }),
  )
).flat();
const withSecrets = (
  await Promise.all(typedIds.map(async (id) => [id, (await registry.get(id)?.load()) as Provider] as const))
).filter(([, { scheme }]) => scheme.material === 'secrets');
/** Presets that this page's code does not fit: the first needs a handler, not middleware, and the second its publicUrl. */
const unfit: ReadonlySet<string> = new Set(['adyen', 'twilio']);
const clawgetSamples = typed.find(([id]) => id === 'clawget')?.[2] ?? {};

let count = 0;
/** Runs the code of a block with another preset in the place of its own; what listens is served by the contract. */
async function appOf(code: string, from: string, id: string, secret: string): Promise<{ app: Express; path: string }> {
  const exportName = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const variable = /process\.env\.(\w+)/.exec(code)?.[1] as string;
  process.env[variable] = secret;
  const swapped = code
    .replace(`{ ${from} }`, `{ ${exportName} }`)
    .replace(`providers/${from}'`, `providers/${id}'`)
    .replace(`provider: ${from}`, `provider: ${exportName}`)
    .replace(/^app\.listen\(.*\n/m, '');
  count += 1;
  const file = new URL(`app-${count}.ts`, directory);
  writeFileSync(file, `${swapped}\nexport { app };\n`);
  const { app } = (await import(/* @vite-ignore */ fileURLToPath(file))) as { app: Express };
  return { app, path: /'(\/webhooks\/\w+)'/.exec(code)?.[1] as string };
}

async function contractOf(
  code: string,
  from: string,
  id: string,
  provider: Provider,
  type?: string,
  signed: Provider = provider,
) {
  const keys = createSigningKeys(provider);
  const { secret } = keys.signing as { readonly secret: string };
  const { app, path } = await appOf(code, from, id, secret);
  const report = await runWebhookContract({
    provider: signed,
    secret,
    target: app,
    path,
    ...(type !== undefined && { type }),
  });
  return report.results.flatMap(({ verdict, id: name, meaning }) =>
    verdict === 'falls_short' ? [`${name}: ${meaning}`] : [],
  );
}

beforeAll(() => {
  mkdirSync(directory, { recursive: true });
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterAll(() => vi.restoreAllMocks());

describe('an event that is made up for a typed preset', () => {
  it('is there for each preset that types fields of its events', () => {
    expect(typed.map(([id]) => id)).toEqual(['claro', 'clawget', 'clockify', 'clockify-seed', 'clockify-user']);
  });

  it.each(typed)(
    'has the fields that %s types, of each type, and what a caller says in their place',
    async (_, provider, samples) => {
      const { signing } = createSigningKeys(provider);
      for (const [name, sample] of Object.entries(samples)) {
        const type = name === '*' ? 'example.type' : name;
        const [field] = Object.keys(sample);
        const { body } = await signDelivery(provider, { ...signing, type });
        expect(JSON.parse(Buffer.from(body).toString())).toMatchObject(sample);
        const changed = await signDelivery(provider, {
          ...signing,
          type,
          payload: { [field as string]: 'other' } as never,
        });
        expect(JSON.parse(Buffer.from(changed.body).toString())).toMatchObject({
          ...sample,
          [field as string]: 'other',
        });
      }
    },
  );
});

describe('the Express app of Getting started', () => {
  it.each(Object.keys(clawgetSamples))('holds the contract with %s', async (type) => {
    expect(await contractOf(finished, 'clawget', 'clawget', clawget as Provider, type)).toEqual([]);
  });

  it('holds the contract with the first type that the preset names', async () => {
    expect(await contractOf(finished, 'clawget', 'clawget', clawget as Provider)).toEqual([]);
  });

  it('falls short with events that lack those fields, and its own handler is named as the cause: the control', async () => {
    const bare = { ...clawget, samples: {} };
    const faults = await contractOf(finished, 'clawget', 'clawget', clawget as Provider, 'payout.completed', bare);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^genuine: .*failure of its own/);
  });
});

describe('the app of Getting started whose own handler responds', () => {
  it('is held to most typed presets', () => {
    expect(typedIds).toHaveLength(37);
    expect(withSecrets.length).toBeGreaterThan(30);
  });

  it.each(withSecrets)('holds the contract with the first sample of %s', async (id, provider) => {
    const faults = await contractOf(ownHandler, 'stripe', id, provider);
    if (!unfit.has(id)) expect(faults).toEqual([]);
    // The endpoint answers 500 and says what is missing; a genuine event is never lost by it.
    else expect(faults).toEqual([expect.stringMatching(/^genuine: .*failure of its own/)]);
  });

  it.each(typed)('holds the contract with %s in the place of its sender', async (id, provider, samples) => {
    for (const type of Object.keys(samples)
      .filter((name) => name !== '*')
      .slice(0, 1))
      expect(await contractOf(ownHandler, 'stripe', id, provider, type)).toEqual([]);
    expect(await contractOf(ownHandler, 'stripe', id, provider)).toEqual([]);
  });
});
