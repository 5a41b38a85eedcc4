import { createHmac } from 'node:crypto';
import {
  createReceiver,
  defineProvider,
  handshakes,
  hmac,
  memoryStore,
  type Outcome,
  type ReceiverPolicy,
  rawBodyHmac,
} from '@countersign/core';
import type { Handshake } from '@countersign/core/describe';
import { describe, expect, it, vi } from 'vitest';
import { bytes, K1, K2 } from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const providerWith = (...list: Handshake[]) =>
  defineProvider({
    name: 'shaking',
    scheme: rawBodyHmac({ header: 'x-sig' }),
    eventType: { json: 'type' },
    handshakes: handshakes(list),
  });
const mac = (text: string, key = K1) => createHmac('sha256', key).update(text).digest('hex');
const receiverOf = (handshake: Handshake | Handshake[], policy: ReceiverPolicy = {}, secrets: string | string[] = K1) =>
  createReceiver({ provider: providerWith(...[handshake].flat()), secrets, ...policy } as never);
const get = (url: string, headers: Record<string, string> = {}) => ({
  method: 'GET',
  url,
  headers,
  body: new Uint8Array(),
});
const post = (text: string, headers: Record<string, string> = {}, url = '/') => ({
  method: 'POST',
  url,
  headers,
  body: bytes(text),
});
const answerOf = (outcome: Outcome) => {
  expect(outcome.kind === 'rejected' ? outcome.error.message : outcome.kind).toBe('handshake');
  return (outcome as Extract<Outcome, { kind: 'handshake' }>).response;
};
const codeOf = (outcome: Outcome) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind);
const never = () => expect.unreachable('no handler runs for a handshake');

const echoQuery: Handshake = {
  name: 'echo',
  when: { method: 'GET', query: { challenge: '*' } },
  signed: false,
  response: { body: { query: 'challenge' } },
};

describe('a handshake', () => {
  it('echoes a value of the query as text that no browser treats as a page, before the store is used', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const onOutcome = vi.fn();
    const receiver = receiverOf(echoQuery, { dedupe: store, onOutcome });
    const outcome = await receiver.receive(get('/?challenge=abc%3Cscript%3E'), never);
    expect(answerOf(outcome)).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: 'abc<script>',
    });
    expect(outcome).toMatchObject({ name: 'echo' });
    expect(claim).not.toHaveBeenCalled();
    expect(onOutcome).toHaveBeenCalledTimes(1);
    expect(await headRefusal(receiver, get('/?challenge=abc'), 'receive')).toBeUndefined();
  });

  it('is not recognized without its value, with two of them, with another method, or with a value that is not plain text', async () => {
    const receiver = receiverOf(echoQuery);
    for (const request of [get('/'), get('/?challenge='), get('/?challenge=a&challenge=b'), get('/?other=a')]) {
      expect(codeOf(await receiver.receive(request, never))).toBe('method_unsupported');
      expect(await headRefusal(receiver, request)).toMatchObject({ code: 'method_unsupported' });
    }
    expect(codeOf(await receiver.receive(post('{}', {}, '/?challenge=a'), never))).toBe('header_missing');
    for (const bad of ['%0d%0aX-Evil:1', '%00', 'x'.repeat(1025), '%e9']) {
      expect(codeOf(await receiver.receive(get(`/?challenge=${bad}`), never))).toBe('header_malformed');
    }
  });

  it('does not interfere with deliveries', async () => {
    const receiver = receiverOf(echoQuery);
    const handle = vi.fn();
    const body = '{"type":"t"}';
    expect((await receiver.receive(post(body, { 'x-sig': mac(body) }), handle)).kind).toBe('handled');
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('that is signed is answered only after verification, and without a handler', async () => {
    const receiver = receiverOf({
      name: 'ping',
      when: { method: 'POST', json: { type: 'ping', challenge: '*' } },
      signed: true,
      response: { body: { object: { challenge: { json: 'challenge' }, type: 1 } } },
    });
    const body = '{"type":"ping","challenge":"c1"}';
    expect(answerOf(await receiver.receive(post(body, { 'x-sig': mac(body) }), never)).body).toEqual({
      challenge: 'c1',
      type: 1,
    });
    expect(codeOf(await receiver.receive(post(body, { 'x-sig': mac(body, K2) }), never))).toBe('signature_mismatch');
    expect(codeOf(await receiver.receive(post(body), never))).toBe('header_missing');
  });

  it('returns a MAC of a token with the newest secret, but no MAC of anything that could be a delivery', async () => {
    const crc: Handshake = {
      name: 'crc',
      when: { method: 'GET', query: { crc_token: '*' } },
      signed: false,
      response: {
        body: {
          object: {
            response_token: {
              macOf: { query: 'crc_token' },
              grammar: { characters: 'token', minLength: 1, maxLength: 256 },
              encoding: 'base64',
              prefix: 'sha256=',
            },
          },
        },
      },
    };
    const receiver = receiverOf(crc, {}, [K1, K2]);
    const expected = createHmac('sha256', K1).update('tok_en-1=').digest('base64');
    expect(answerOf(await receiver.receive(get('/?crc_token=tok_en-1%3D'), never)).body).toEqual({
      response_token: `sha256=${expected}`,
    });
    const oracle = ['{"type":"forged"}', `v0:1700000000:{}`, '1700000000.{}', 'a b', 'a.b', 'x'.repeat(257)];
    for (const text of oracle) {
      const outcome = await receiver.receive(get(`/?crc_token=${encodeURIComponent(text)}`), never);
      expect(codeOf(outcome), text).toBe('header_malformed');
    }
  });

  it('compares the token that was entered at the sender, and fails closed without one', async () => {
    const subscribe: Handshake = {
      name: 'subscribe',
      when: { method: 'GET', query: { 'hub.mode': 'subscribe', 'hub.challenge': '*' } },
      signed: false,
      verifyToken: { query: 'hub.verify_token' },
      response: { body: { query: 'hub.challenge' } },
    };
    const request = (token: string) => get(`/?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`);
    const receiver = receiverOf(subscribe, { handshakes: { verifyToken: 'chosen-token' } });
    expect(answerOf(await receiver.receive(request('chosen-token'), never)).body).toBe('42');
    expect(codeOf(await receiver.receive(request('chosen-tokem'), never))).toBe('signature_mismatch');
    expect(codeOf(await receiver.receive(request(''), never))).toBe('header_malformed');
    expect(codeOf(await receiverOf(subscribe).receive(request('undefined'), never))).toBe('options_invalid');
    expect(() => receiverOf(subscribe, { handshakes: { verifyToken: ' ' } })).toThrow();
  });

  it('leaves the decision to the app if it is more than an echo', async () => {
    const hook: Handshake = {
      name: 'hook_secret',
      when: { method: 'POST', header: 'X-Hook-Secret' },
      signed: false,
      value: { header: 'x-hook-secret' },
      asksApp: true,
      response: { headers: { 'x-hook-secret': { header: 'x-hook-secret' } } },
    };
    const request = post('{}', { 'X-Hook-Secret': 'new-secret' });
    const seen: unknown[] = [];
    const accepting = receiverOf(hook, { handshakes: { accept: (handshake) => seen.push(handshake) > 0 } });
    expect(answerOf(await accepting.receive(request, never))).toEqual({
      status: 200,
      headers: { 'x-hook-secret': 'new-secret' },
    });
    expect(seen).toEqual([
      { provider: 'shaking', name: 'hook_secret', signed: false, value: 'new-secret', payload: {} },
    ]);
    expect(await headRefusal(accepting, request, 'receive')).toBeUndefined();
    const refusing = receiverOf(hook, { handshakes: { accept: () => false } });
    expect(codeOf(await refusing.receive(request, never))).toBe('signature_mismatch');
    const vague = receiverOf(hook, { handshakes: { accept: (() => 1) as never } });
    expect(codeOf(await vague.receive(request, never))).toBe('signature_mismatch');
    const throwing = receiverOf(hook, { handshakes: { accept: () => Promise.reject(new Error('down')) } });
    expect(codeOf(await throwing.receive(request, never))).toBe('options_invalid');
    expect(codeOf(await receiverOf(hook).receive(request, never))).toBe('options_invalid');
  });

  it('in an unsigned body is only searched for in small bodies', async () => {
    const receiver = receiverOf({
      name: 'challenge',
      when: { method: 'POST', json: { challenge: '*' } },
      signed: false,
      response: { body: { object: { challenge: { json: 'challenge' } } } },
    });
    expect(answerOf(await receiver.receive(post('{"challenge":"c"}'), never)).body).toEqual({ challenge: 'c' });
    const large = post(JSON.stringify({ challenge: 'c', padding: 'x'.repeat(20_000) }));
    expect(codeOf(await receiver.receive(large, never))).toBe('header_missing');
    for (const body of ['[]', 'null', '{"challenge":1.5}', '{"challenge":""}', '{']) {
      expect(codeOf(await receiver.receive(post(body), never)), body).toBe('header_missing');
    }
  });

  it('that needs an option causes a warning if the receiver is built without it', () => {
    const token: Handshake = { ...echoQuery, name: 'token', verifyToken: { query: 'challenge' } };
    const asking: Handshake = { ...echoQuery, name: 'asking', asksApp: true };
    const warned = (policy: ReceiverPolicy) => {
      const names: string[] = [];
      receiverOf([token, asking], {
        ...policy,
        onWarning: ({ code, message }) => {
          if (code === 'handshake_refused') names.push(/handshakes: \{ (\w+) \}/.exec(message)?.[1] as string);
        },
      });
      return names;
    };
    expect(warned({})).toEqual(['verifyToken', 'accept']);
    expect(warned({ handshakes: { verifyToken: 'chosen' } })).toEqual(['accept']);
    expect(warned({ handshakes: { verifyToken: 'chosen', accept: () => true } })).toEqual([]);
  });

  it('cannot fill a log: lines that strangers trigger are printed once a minute', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const needy: Handshake = { ...echoQuery, name: `needy-${Math.random()}`, verifyToken: { query: 'challenge' } };
    const receiver = receiverOf(needy, { onWarning: () => {} });
    for (let count = 0; count < 50; count++) await receiver.receive(get('/?challenge=a'), never);
    expect(print).toHaveBeenCalledTimes(1);
    print.mockRestore();
  });

  it('answers HEAD, and recognizes fields that must be absent', async () => {
    const receiver = receiverOf([
      { name: 'head', when: { method: 'HEAD' }, signed: false, response: {} },
      {
        name: 'ping',
        when: { method: 'POST', json: { type: 1 }, absent: ['event'] },
        signed: true,
        response: { status: 204 },
      },
    ]);
    expect(answerOf(await receiver.receive({ ...get('/'), method: 'HEAD' }, never)).status).toBe(200);
    const ping = '{"type":1}';
    expect(answerOf(await receiver.receive(post(ping, { 'x-sig': mac(ping) }), never)).status).toBe(204);
    const event = '{"type":1,"event":{}}';
    expect((await receiver.receive(post(event, { 'x-sig': mac(event) }), () => undefined)).kind).toBe('handled');
  });

  it('is refused as a description that matches every delivery, or has no response', () => {
    const bad = [
      { name: 'all', when: { method: 'POST' }, signed: false, response: {} },
      { name: '', when: { method: 'GET' }, signed: false, response: {} },
      { name: 'method', when: { method: 'PUT' }, signed: false, response: {} },
      { name: 'unsaid', when: { method: 'GET' }, response: {} },
      { name: 'mute', when: { method: 'GET' }, signed: true },
    ];
    for (const handshake of bad) {
      expect(() => providerWith(handshake as never), handshake.name).toThrow(
        expect.objectContaining({ code: 'options_invalid' }),
      );
    }
  });

  it('signs with the key that the scheme derives', async () => {
    const provider = defineProvider({
      name: 'derived',
      scheme: hmac({
        hash: 'SHA-1',
        signature: { form: 's', encoding: 'hex' },
        signs: [{ form: 'p', payload: true, minLength: 33 }],
        secret: { derive: 'SHA-1' },
      }),
      handshakes: handshakes([
        {
          name: 'c',
          when: { method: 'GET', query: { c: '*' } },
          signed: false,
          response: {
            body: {
              macOf: { query: 'c' },
              grammar: { characters: 'alphanumeric', minLength: 1, maxLength: 32 },
              encoding: 'hex',
            },
          },
        },
      ]),
    });
    const { createHash } = await import('node:crypto');
    const key = createHash('sha1').update(K1).digest();
    const answer = answerOf((await createReceiver({ provider, secrets: K1 }).receive(get('/?c=abc'), never)) as never);
    expect(answer.body).toBe(createHmac('sha1', key).update('abc').digest('hex'));
  });
});
