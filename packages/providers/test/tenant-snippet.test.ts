/** The snippet for several tenants in docs/getting-started.md, run with the spellings of a URL that an attacker may choose. */

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createReceiver, memoryStore, secretsByTenant } from '@countersign/core';
import { expect, it } from 'vitest';
import { stripe } from '../src/stripe.ts';

const page = readFileSync(new URL('../../../docs/getting-started.md', import.meta.url), 'utf8');
const secret = 'whsec_acmeR7kQ2mXv9Ls4Tz8';
const now = new Date('2026-11-26T09:00:00Z');

function deliveryTo(url: string) {
  const body = new TextEncoder().encode('{"id":"evt_1","type":"ping"}');
  const time = String(now.getTime() / 1000);
  const mac = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  return { method: 'POST', url, body, headers: { 'stripe-signature': `t=${time},v1=${mac}` } };
}

it('names one tenant for each spelling of its URL, and none for anything else', async () => {
  const source = /\(\{ url = '' \}\) => \/(.+)\/\.exec\(url\)\?\.\[1\]/.exec(page)?.[1];
  expect(source).toBeDefined();
  const pattern = new RegExp(source as string);
  const secrets = new Map([
    ['acme', secret],
    ['other', 'whsec_otherB3nW6pJd1Hf5Yc0'],
  ]);
  const receiver = createReceiver({
    provider: stripe,
    secrets: secretsByTenant(secrets, ({ url = '' }) => pattern.exec(url)?.[1]),
    dedupe: memoryStore(),
    clock: () => now,
    onOutcome: () => {},
  });
  const kindsOf = async (urls: readonly string[]) => {
    const kinds: string[] = [];
    for (const url of urls) {
      const outcome = await receiver.receive(deliveryTo(url), () => undefined);
      kinds.push(outcome.kind === 'rejected' ? outcome.error.code : outcome.kind);
    }
    return kinds;
  };
  expect(await kindsOf(['/stripe/acme', '/stripe/acme/', '/stripe/acme?x=1', '/stripe/acme/?x=/stripe/other'])).toEqual(
    ['handled', 'duplicate', 'duplicate', 'duplicate'],
  );
  expect(
    await kindsOf(['/stripe/other', '/stripe/nobody', '/stripe/acme/more', '/stripe/', '/x?/stripe/acme']),
  ).toEqual(['signature_mismatch', 'key_unknown', 'key_unknown', 'key_unknown', 'key_unknown']);
});
