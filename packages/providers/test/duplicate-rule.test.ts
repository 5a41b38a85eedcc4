/** What the docs say makes a duplicate, held against what the receiver really does with every sender's delivery. */

import { defineProvider, memoryStore, type Outcome, rawBodyHmac, type WebhookEvent } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { duplicateRuleOf, duplicateText } from '../src/tools/duplicate-rule.ts';
import { duplicateSentencesOf } from '../src/tools/duplicate-sentences.ts';
import { receiverCode, secretVariableOf } from '../src/tools/receiver-code.ts';
import { durationText, replayableText, windowText } from '../src/tools/replay-window.ts';
import { presets } from './presets.ts';
import { deliveryOf, presetOf, type RecordedDelivery, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

/** The first event of a delivery, since in a batch each has an identity of its own. */
async function firstEvent(recorded: RecordedDelivery, changes: object = {}): Promise<WebhookEvent> {
  const event = await receiverOf(recorded, { dedupe: memoryStore() }).verify({ ...deliveryOf(recorded), ...changes });
  const [first] = event.split();
  if (first === undefined) throw new Error(`${recorded.provider} reports no event`);
  return first;
}

describe.each(recordedDeliveries)('the rule for %s', (_, recorded) => {
  const provider = presetOf(recorded);
  const rule = duplicateRuleOf(provider);
  const sentences = duplicateSentencesOf(provider);
  const { joined } = rule;
  const given = joined === null ? {} : { [joined.header.toLowerCase()]: 'as-the-sender-wrote-it' };
  const headers: Record<string, string> = { ...given, ...recorded.headers };

  it('names what the key of its delivery is made from', async () => {
    const event = await firstEvent(recorded, { headers });
    const identity = await event.identity();
    const hasId = event.signed.id;
    expect(identity.from).toBe(rule.id === null || hasId ? rule.from : rule.withoutId);
    expect(identity.joined ?? null).toBe(hasId ? null : (joined?.by ?? null));
    if (rule.id === null) expect(hasId).toBe(false);
    else if (event.id !== undefined) expect(hasId).toBe(true);
  });

  it('says whether another unsigned id or type makes a new event, and none at all', async () => {
    const { key } = await (await firstEvent(recorded, { headers })).identity();
    const unsigned = [provider.eventId, provider.eventType].flatMap((source) =>
      source !== undefined && 'header' in source && !rule.id?.includes(source.header) ? [source.header] : [],
    );
    for (const header of unsigned) {
      const name = header.toLowerCase();
      const { [name]: _, ...without } = headers;
      for (const changed of [{ ...without, [name]: 'changed-by-a-stranger' }, without]) {
        const other = await firstEvent(recorded, { headers: changed }).catch((error: { code?: string }) => error.code);
        // Some senders list in the delivery what they sign.
        if (typeof other !== 'object') expect(other).toMatch(/^(?:signature_mismatch|header_missing)$/);
        else {
          const isNew = (await other.identity()).key !== key;
          expect(isNew, header).toBe(rule.from === 'none' || joined?.header === header);
        }
      }
      const isTold = rule.from === 'digest' && (joined === null || joined.header === header);
      if (isTold) expect(sentences.join(' ')).toContain(header);
    }
  });

  it('says whether a copy of it runs again', async () => {
    const receiver = receiverOf(recorded, { dedupe: memoryStore(), onOutcome: () => {} });
    const kinds: Outcome['kind'][] = [];
    for (let copy = 0; copy < 2; copy++) {
      kinds.push((await receiver.receive(deliveryOf(recorded), () => undefined)).kind);
    }
    expect(kinds).toEqual(['handled', rule.from === 'none' ? 'handled' : 'duplicate']);
  });

  it('is in plain sentences, without a gap', () => {
    const text = sentences.join(' ');
    expect(text).not.toMatch(/undefined|null|NaN|\[object|\(\)| {2}/);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(text.length).toBeLessThan(1000);
  });
});

describe('what the rules say', () => {
  const scheme = rawBodyHmac({ header: 'x-signature' });
  const source = 'https://example.com/, read 2026-11-26';
  const acme = (facts: object) => defineProvider({ name: 'acme', confidence: 'documented', scheme, ...facts });
  const rule = (facts: object) => duplicateRuleOf(acme(facts));

  it('joins an unsigned id only where both facts are known, and else lets each delivery run', () => {
    const eventId = { header: 'x-id' };
    expect(rule({ eventId })).toMatchObject({ from: 'digest', joined: null });
    expect(rule({ eventId, identity: { idKept: true, source } })).toMatchObject({ from: 'digest', joined: null });
    expect(rule({ eventId, identity: { bytesRepeat: true, source } })).toMatchObject({ from: 'none', joined: null });
    expect(rule({ eventId, identity: { bytesRepeat: true, idKept: true, source } })).toMatchObject({
      from: 'digest',
      joined: { by: 'id', header: 'x-id' },
    });
  });

  it('says of each kind what a replay with another id can do', () => {
    const eventId = { header: 'x-id' };
    const text = (facts: object) => duplicateSentencesOf(acme(facts)).join(' ');
    expect(text({ eventId })).toContain('is a duplicate, whatever is changed in its unsigned headers, such as `x-id`');
    expect(text({ eventId })).toContain('until the store forgets the event (7 days');
    expect(text({ eventId, retries: { horizonSeconds: 2_592_000 } })).toContain('(30 days');
    expect(text({ eventId, retries: { keepsBody: false } })).toContain('so a retry runs again');
    expect(text({ eventId, identity: { bytesRepeat: true, idKept: true, source } })).toContain(
      'If someone replays a captured delivery with another id, or with none, it runs again, at any time',
    );
    expect(text({ identity: { bytesRepeat: true, source } })).toContain(
      'each delivery runs, including the sender’s retries',
    );
  });

  it('says of a batch that each event counts, and of an id that may be missing what counts then', () => {
    const facts = { batch: { json: 'events.*' }, eventId: { json: 'id' } };
    expect(duplicateSentencesOf(acme(facts))[0]).toMatch(/^An event of a delivery is a duplicate/);
    const repeating = rule({ ...facts, identity: { bytesRepeat: true, source } });
    expect(repeating).toMatchObject({ from: 'id', withoutId: 'none' });
    expect(duplicateText(repeating)).toBe('id, or none');
  });

  it('covers every preset, each kind at least once', () => {
    const kinds = new Set([...presets.values()].map((preset) => duplicateText(duplicateRuleOf(preset))));
    for (const kind of ['id', 'digest', 'digest + unsigned id', 'digest + unsigned type', 'none: each delivery runs'])
      expect(kinds).toContain(kind);
  });
});

describe('the snippet on the page of a sender', () => {
  it.each([...presets])(
    'gives %s a store only where it can tell copies apart, and its secret a name of its own',
    (id, provider) => {
      const code = receiverCode({ id, provider, framework: {} });
      const hasDedupe = duplicateRuleOf(provider).from !== 'none';
      expect(code.includes('dedupe: memoryStore()')).toBe(hasDedupe);
      expect(code.includes('// No dedupe: ')).toBe(!hasDedupe);
      // STRIPE_SECRET is commonly the API key.
      for (const [name] of code.matchAll(/\b[A-Z0-9_]+_SECRET\b/g))
        expect(name).toMatch(/WEBHOOKS?_(?:[A-Z0-9]+_)?SECRET$/);
      if (provider.scheme.material === 'secrets') expect(code).toContain(`process.env.${secretVariableOf(id)}`);
    },
  );
});

describe('the window in words', () => {
  const preset = (id: string) => presets.get(id) as NonNullable<ReturnType<typeof presets.get>>;

  it('has one figure, or one for each side, or says by what else a token ends', () => {
    expect(windowText(preset('stripe'))).toBe('300 s');
    expect(windowText(preset('linear'))).toBe('8 h in the past, 60 s in the future');
    expect(windowText(preset('plaid'))).toBe('300 s from the time in the token');
    expect(windowText(preset('wix'))).toBe('until the token expires');
    expect(windowText(preset('github'))).toBe('none: no timestamp is signed');
    expect(windowText(preset('clapwork'))).toBe('300 s (default; no figure is known)');
    expect(replayableText(preset('linear'))).toBe('for 8 h');
  });

  it('takes the largest unit that is whole', () => {
    expect([60, 3600, 7200, 7201, 86_400, 604_800].map(durationText)).toEqual([
      '60 s',
      '3600 s',
      '2 h',
      '7201 s',
      '1 day',
      '7 days',
    ]);
  });
});
