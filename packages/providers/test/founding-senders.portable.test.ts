import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, hmac, type ReceiverWarning, rawBodyHmac } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { type ClapworkEvents, clapwork } from '../src/clapwork.ts';
import { claro } from '../src/claro.ts';
import { clawget } from '../src/clawget.ts';
import { clientcasa } from '../src/clientcasa.ts';
import { clockify } from '../src/clockify.ts';

const at = 1_795_251_600;
const clock = () => new Date(at * 1000);
const onWarning = () => {};
const encode = (text: string) => new TextEncoder().encode(text);
/** HMAC-SHA-256 by Node, not by the code under test. */
const macOf = (secret: string, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding);

describe('Clapwork', () => {
  const secrets = 'clapwork-u7Qp2vXr9sLd4eKt';
  const body = '{"event":"job.created"}';

  it('warns of both of its assumptions until they are accepted', () => {
    const warnings: ReceiverWarning[] = [];
    createReceiver({ provider: clapwork, secrets, onWarning: (warning) => warnings.push(warning) });
    expect(warnings.filter(({ code }) => code === 'assumption')).toHaveLength(2);
    warnings.length = 0;
    const accepted = { acceptAssumptions: true, onWarning: (warning: ReceiverWarning) => warnings.push(warning) };
    createReceiver({ provider: clapwork, secrets, ...accepted });
    expect(warnings).toEqual([]);
  });

  it('verifies another signed text once its scheme is replaced', async () => {
    const header = 'x-webhook-signature';
    const corrected = defineProvider<ClapworkEvents>({
      ...clapwork,
      scheme: hmac({
        hash: 'SHA-256',
        signature: { header, key: 'v1', encoding: 'hex' },
        timestamp: { header, key: 't', unit: 'seconds' },
        signs: ['timestamp', { text: ':' }, 'body'],
      }),
    });
    const delivery = { headers: { [header]: `t=${at},v1=${macOf(secrets, `${at}:${body}`)}` }, body: encode(body) };
    const receiver = createReceiver({ provider: corrected, secrets, clock, onWarning });
    await expect(receiver.verify(delivery)).resolves.toMatchObject({ provider: 'clapwork' });
    const unchanged = createReceiver({ provider: clapwork, secrets, clock, onWarning });
    await expect(unchanged.verify(delivery)).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it('has no type of the event until its place is added', async () => {
    const delivery = {
      headers: { 'X-Webhook-Signature': `t=${at},v1=${macOf(secrets, `${at}.${body}`)}` },
      body: encode(body),
    };
    const receiver = createReceiver({ provider: clapwork, secrets, clock, onWarning });
    expect((await receiver.verify(delivery)).type).toBeUndefined();
    const provider = { ...clapwork, eventType: { json: 'event' } };
    const completed = createReceiver({ provider, secrets, clock, onWarning });
    expect((await completed.verify(delivery)).type).toBe('job.created');
  });
});

describe('Claro', () => {
  const secrets = 'claro-8sNq3xWmZk';
  const body = '{"datasetId":"ds_1","name":"Prices","type":"table"}';
  const headers = { 'x-webhook-signature': macOf(secrets, body) };

  it('refuses a secret of 15 characters when the receiver is built, and takes one of 16', () => {
    expect(secrets).toHaveLength(16);
    expect(() => createReceiver({ provider: claro, secrets: secrets.slice(1), onWarning })).toThrow(
      expect.objectContaining({ code: 'secret_invalid', at: 'secrets' }),
    );
    createReceiver({ provider: claro, secrets, onWarning });
  });

  it('demands the custom headers that were set at Claro, beside the signature', async () => {
    const requiredHeaders = { 'X-Tenant-Key': 'k3y-of-tenant-7', 'x-environment': 'production' };
    const receiver = createReceiver({ provider: claro, secrets, requiredHeaders, onWarning });
    const verify = (other: Record<string, string>) =>
      receiver.verify({ headers: { ...headers, ...other }, body: encode(body) });
    await expect(verify({ 'x-tenant-key': 'k3y-of-tenant-7', 'X-Environment': 'production' })).resolves.toMatchObject({
      signed: { body: true },
    });
    await expect(verify({ 'x-tenant-key': 'k3y-of-tenant-7' })).rejects.toMatchObject({ code: 'header_missing' });
    await expect(verify({ 'x-tenant-key': 'k3y-of-tenant-8', 'x-environment': 'production' })).rejects.toMatchObject({
      code: 'signature_mismatch',
    });
    const forged = { 'x-tenant-key': 'k3y-of-tenant-7', 'x-environment': 'production' };
    await expect(verify({ ...forged, 'x-webhook-signature': macOf('another secret', body) })).rejects.toMatchObject({
      code: 'signature_mismatch',
    });
  });

  it('takes ten custom headers, and not eleven', () => {
    const named = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-custom-${index}`, 'a value of ours']));
    createReceiver({ provider: claro, secrets, requiredHeaders: named(10), onWarning });
    expect(() => createReceiver({ provider: claro, secrets, requiredHeaders: named(11), onWarning })).toThrow(
      expect.objectContaining({ code: 'options_invalid', at: 'requiredHeaders' }),
    );
  });

  it('verifies base64 once its scheme is replaced, and refuses it before', async () => {
    const provider = { ...claro, scheme: rawBodyHmac({ header: 'x-webhook-signature', encoding: 'base64' }) };
    const delivery = { headers: { 'x-webhook-signature': macOf(secrets, body, 'base64') }, body: encode(body) };
    await createReceiver({ provider, secrets, onWarning }).verify(delivery);
    await expect(createReceiver({ provider: claro, secrets, onWarning }).verify(delivery)).rejects.toMatchObject({
      code: 'header_malformed',
    });
  });
});

describe('Clawget', () => {
  const secrets = 'clawget-Jw5rTq8yBn2mVc6x';
  const start = '"id":"evt_1","type":"payout.completed","created":1795251600';
  const receiver = createReceiver({ provider: clawget, secrets, onWarning });
  const fragile: [string, string][] = [
    ['an amount that ends in zero', `{${start},"data":{"amount":475.50}}`],
    ['an amount with an exponent', `{${start},"data":{"amount":4.755e2}}`],
    ['a number beyond what JavaScript holds exactly', `{${start},"data":{"amount":9007199254740993}}`],
    ['letters written as \\u escapes', `{${start},"data":{"comment":"Tr\\u00e8s bien \\u2713"}}`],
    ['an escaped slash', `{${start},"data":{"url":"https:\\/\\/example.com"}}`],
    ['spaces after colons and commas', `{${start.replaceAll(',', ', ')}, "data": {"amount": 1}}`],
    ['line ends and indentation', `{\n  ${start},\n  "data": {}\n}\n`],
    ['keys that look like numbers, in another order', `{${start},"data":{"b":1,"10":2,"9":3}}`],
    ['a key that stands twice', `{${start},"data":{"amount":1,"amount":2}}`],
  ];

  it.each(fragile)('verifies a body with %s, which comes back otherwise from JSON.stringify', async (_, body) => {
    const headers = { 'x-clawget-signature': macOf(secrets, body) };
    const event = await receiver.verify({ headers, body: encode(body) });
    expect(event).toMatchObject({ id: 'evt_1', type: 'payout.completed', signed: { body: true, id: true } });
    // The control: what the sample on the sender's page would have signed is another text.
    const rewritten = JSON.stringify(JSON.parse(body));
    expect(rewritten).not.toBe(body);
    await expect(receiver.verify({ headers, body: encode(rewritten) })).rejects.toMatchObject({
      code: 'signature_mismatch',
    });
  });

  it('refuses a signature of another length as any other, where the sample would throw', async () => {
    for (const signature of ['00', macOf(secrets, '{}').slice(2), `${macOf(secrets, '{}')}00`, 'no hexadecimal']) {
      await expect(
        receiver.verify({ headers: { 'x-clawget-signature': signature }, body: encode('{}') }),
      ).rejects.toMatchObject({ code: 'header_malformed' });
    }
  });
});

describe('ClientCasa', () => {
  const missing = expect.objectContaining({
    code: 'options_invalid',
    at: 'clientcasa.scheme',
    hint: expect.stringContaining('names no signature header'),
  });

  it('throws without a scheme, and says why it needs one', () => {
    for (const options of [undefined, null, {}, { scheme: undefined }, { scheme: 'hmac' }, 'hmac']) {
      expect(() => clientcasa(options as never)).toThrow(missing);
    }
  });

  it('refuses an option that it does not have', () => {
    const options = { scheme: rawBodyHmac({ header: 'x-example-signature' }), name: 'other' };
    expect(() => clientcasa(options)).toThrow(expect.objectContaining({ at: 'clientcasa.name' }));
  });

  it('says that it has to be called when it is handed over as it is', () => {
    expect(() =>
      createReceiver({ provider: clientcasa as never, secrets: 'clientcasa-p4Ls9dQk7Xw2' } as never),
    ).toThrow(
      expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining('clientcasa({ ... })') }),
    );
  });

  it('takes the places of id, type and time, the form of the body and the deadline from the user', async () => {
    const secrets = 'clientcasa-p4Ls9dQk7Xw2';
    const provider = clientcasa({
      scheme: rawBodyHmac({ header: 'x-example-signature', encoding: 'base64' }),
      eventId: { json: 'delivery.id' },
      eventType: { header: 'x-example-event' },
      eventCreatedAt: { json: 'sent', unit: 'iso8601' },
      payload: 'json',
      responseDeadlineSeconds: 7,
      retries: { horizonSeconds: 3600 },
    });
    expect(provider).toMatchObject({ name: 'clientcasa', responseDeadlineSeconds: 7 });
    const body = '{"delivery":{"id":"d_1"},"sent":"2026-11-21T09:00:00Z"}';
    const headers = { 'x-example-signature': macOf(secrets, body, 'base64'), 'x-example-event': 'invoice_paid' };
    const event = await createReceiver({ provider, secrets, onWarning }).verify({ headers, body: encode(body) });
    expect(event).toMatchObject({ id: 'd_1', type: 'invoice_paid', createdAt: new Date('2026-11-21T09:00:00Z') });
  });
});

describe('Clockify', () => {
  const tokens = [1, 2, 3].map((index) => `eyJhbGciOiJIUzI1NiJ9.eyJ3ZWJob29rIjoi${index}In0.c2lnbmF0dXJl${index}`);
  const [first, second, third] = tokens as [string, string, string];
  const body = encode('{"id":"65f1a0"}');
  const receiver = createReceiver({
    provider: clockify,
    secrets: [
      { id: 'time entries', value: first },
      { id: 'projects', value: second },
    ],
    onWarning,
  });

  it('takes the token from either header', async () => {
    for (const header of ['X-Clockify-Webhook-Signature', 'Clockify-Signature']) {
      const event = await receiver.verify({ headers: { [header]: first }, body });
      expect(event).toMatchObject({ secretId: 'time entries', signed: { body: false, id: false, timestamp: false } });
      await expect(receiver.verify({ headers: { [header]: third }, body })).rejects.toMatchObject({
        code: 'signature_mismatch',
      });
    }
  });

  it('demands that both headers match where both are there', async () => {
    const both = (one: string, other: string) => ({
      'x-clockify-webhook-signature': one,
      'clockify-signature': other,
    });
    await receiver.verify({ headers: both(first, first), body });
    for (const headers of [both(first, third), both(third, first), both(first, second)]) {
      await expect(receiver.verify({ headers, body })).rejects.toMatchObject({ code: 'signature_mismatch' });
    }
  });

  it('tells by the id of the token which webhook it was', async () => {
    const event = await receiver.verify({ headers: { 'clockify-signature': second }, body });
    expect(event.secretId).toBe('projects');
  });

  it('reads the type of the event from its header', async () => {
    const headers = { 'clockify-signature': first, 'clockify-webhook-event-type': 'TIMER_STOPPED' };
    expect((await receiver.verify({ headers, body })).type).toBe('TIMER_STOPPED');
    expect((await receiver.verify({ headers: { 'clockify-signature': first }, body })).type).toBeUndefined();
  });

  it('accepts a replaced token until its last instant, and not after', async () => {
    let now = at;
    const rotating = createReceiver({
      provider: clockify,
      secrets: [
        { id: 'new', value: second },
        { id: 'old', value: first, notAfter: new Date((at + 60) * 1000) },
      ],
      clock: () => new Date(now * 1000),
      onWarning,
    });
    const withOld = { headers: { 'clockify-signature': first }, body };
    const withNew = { headers: { 'clockify-signature': second }, body };
    now = at + 60;
    await expect(rotating.verify(withOld)).resolves.toMatchObject({ secretId: 'old' });
    await expect(rotating.verify(withNew)).resolves.toMatchObject({ secretId: 'new' });
    now = at + 61;
    await expect(rotating.verify(withOld)).rejects.toMatchObject({ code: 'signature_mismatch' });
    await expect(rotating.verify(withNew)).resolves.toMatchObject({ secretId: 'new' });
  });
});
