import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { errorTable, memoryStore, type Outcome } from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';
import { B, buildError, bytes, deliveryOf, K1, known, now, R, receiverOf, sign, T } from './fixtures.ts';

const printed = (value: unknown) =>
  [inspect(value, { depth: 12, showHidden: true, getters: true }), JSON.stringify(value) ?? '', String(value)].join(
    '\n',
  );

describe('leaks', () => {
  it('IL-02 IL-03 IL-06 prints no secret, MAC, body or signature in receiver, event, outcome or error', async () => {
    const secret = 'super-secret-value-of-this-test';
    const body = bytes('{"card":"4242424242424242"}');
    const mac = sign(secret, body).toString('hex');
    const outcomes: Outcome<never>[] = [];
    const lines: string[] = [];
    for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...given) => void lines.push(inspect(given, { depth: 12 })));
    }
    const receiver = receiverOf(R, [secret], {
      dedupe: memoryStore(),
      onOutcome: (outcome) => void outcomes.push(outcome as Outcome<never>),
    });
    const wrong = mac.replace(/^../, mac.startsWith('00') ? '01' : '00');
    for (const header of [mac, wrong, 'junk', `${mac}00`, '']) {
      await receiver.receive(deliveryOf({ 'x-sig': header }, body), () => {
        throw new Error('handler');
      });
    }
    await receiver.receive(
      deliveryOf({ 'x-sig': sign(secret, '{"a":4242424242424242').toString('hex') }, bytes('{"a":4242424242424242')),
      () => undefined,
    );
    const event = await receiver.verify(deliveryOf({ 'x-sig': mac }, body));
    const errors = [
      buildError(() => receiverOf(R, `${secret}\n`)),
      buildError(() => receiverOf(R, [secret, ''])),
      buildError(() => receiverOf(R, secret.slice(0, 10))),
    ];
    vi.restoreAllMocks();
    expect(outcomes).toHaveLength(6);
    const text = [receiver, event, ...outcomes, ...errors].map(printed).concat(lines).join('\n');
    expect(text).toContain('signature_mismatch');
    for (const leak of [secret, secret.slice(0, 10), mac, mac.slice(0, 16), wrong, '4242424242'])
      expect(text).not.toContain(leak);
  });

  it('keeps the body out of a printed event, and shows its identity', async () => {
    const event = await receiverOf(T, K1).verify(deliveryOf({ 'x-sig': `t=${now},v1=${known.tK1}` }));
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({
      provider: 't',
      id: 'evt_1',
      type: 't',
      secretId: '0',
      bodyBytes: B.length,
    });
  });

  it('IL-05 never compares bytes or encoded MACs with operators in the sources', () => {
    const folder = new URL('../src/', import.meta.url);
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const source = readFileSync(new URL(file, folder), 'utf8');
      expect(source, file).not.toMatch(
        /localeCompare|Buffer\.compare|(?:mac|expected|candidate|signature)\w* [!=]== (?!undefined)/i,
      );
    }
  });

  it('has a fault, a sentence and a hint for every code, and no sentence twice', () => {
    const rows = Object.values(errorTable);
    expect(new Set(rows.map(({ sentence }) => sentence)).size).toBe(rows.length);
    for (const { fault, sentence, hint } of rows) {
      expect(['sender', 'receiver']).toContain(fault);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(hint.length).toBeGreaterThan(20);
    }
  });
});
