import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createReceiver,
  defineProvider,
  type Outcome,
  type ReceiverPolicy,
  rawBodyHmac,
  type SecretInput,
  timestampedHmac,
} from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'canary-secret-0123456789abcdef';
const body = '{"id":"evt_1","note":"bodymark"}';
const mac = (text: string, key = secret) => createHmac('sha256', key).update(text).digest('hex');
const provider = defineProvider({ name: 'acme', scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });
const timed = defineProvider({ name: 'timed', scheme: timestampedHmac({ header: 'x-sig' }) });

function receiverOf(chosen = provider, policy: Partial<ReceiverPolicy> & { secrets?: SecretInput } = {}) {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider: chosen,
    secrets: secret,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    ...policy,
  });
  return { receiver, outcomes };
}

const requestOf = (given: string, headers: Record<string, string>) =>
  new Request('https://example.com/hook', {
    method: 'POST',
    body: given,
    headers: { 'content-length': String(given.length), ...headers },
  });

/** What a proxy does: the signature is that of the body without its last line end. */
const damaged = () => requestOf(`${body}\n`, { 'x-sig': mac(body) });
const forged = () => requestOf(body, { 'x-sig': mac(body, 'another-secret-0123456789abcdef') });

const clock = performance.now.bind(performance);
let passed = 0;
const warn = vi.spyOn(console, 'warn');
const lines = () => warn.mock.calls.map(([line]) => String(line));
const settled = () => new Promise((resolve) => setTimeout(resolve, 60));
/** Until so many lines have been printed, and then a little for one more than that. */
async function printed(count: number): Promise<string[]> {
  await vi.waitFor(() => expect(warn.mock.calls.length).toBeGreaterThanOrEqual(count), { timeout: 10_000 });
  await settled();
  return lines();
}
const seen = async (response: Response) => [response.status, [...response.headers], await response.text()];

describe('diagnose: true', () => {
  let edges: typeof import('@countersign/http/fetch');
  let nodeEdges: typeof import('@countersign/http/node');
  let lambda: typeof import('@countersign/http/aws-lambda');

  beforeEach(async () => {
    // What was printed is remembered for the process; each test begins with a new one.
    vi.resetModules();
    passed = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + passed);
    warn.mockReset().mockImplementation(() => undefined);
    edges = await import('@countersign/http/fetch');
    nodeEdges = await import('@countersign/http/node');
    lambda = await import('@countersign/http/aws-lambda');
  });
  afterEach(() => {
    vi.mocked(performance.now).mockRestore();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('prints the cause and the fix once, however many deliveries come', async () => {
    const { receiver } = receiverOf();
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    for (let round = 0; round < 5; round++) {
      expect((await serve(damaged())).status).toBe(401);
      await settled();
    }
    const [line = '', ...more] = await printed(1);
    expect(more).toEqual([]);
    expect(line).toBe(
      [
        'countersign: acme refused a delivery: signature_mismatch (x-sig). Why:',
        '  body_trailing_newline, proved: Whitespace at the end of the body was added or removed. Give webhook() the request before request.json(), text() or formData(), or give it request.clone(). By hand, pass new Uint8Array(await request.arrayBuffer()).',
      ].join('\n'),
    );
  });

  it('prints nothing without the option, and nothing in production', async () => {
    const { receiver } = receiverOf();
    await edges.fetchHandler(receiver, () => undefined)(damaged());
    vi.stubEnv('NODE_ENV', 'production');
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    await serve(damaged());
    await settled();
    // In production not even a copy is refused.
    edges.fetchHandler({ ...receiver }, () => undefined, { diagnose: true });
    vi.unstubAllEnvs();
    expect(lines()).toEqual([]);
    // The control: the same, elsewhere.
    await edges.fetchHandler(receiver, () => undefined, { diagnose: true })(damaged());
    expect(await printed(1)).toHaveLength(1);
  });

  it('does nothing in a runtime without process', async () => {
    const { receiver } = receiverOf();
    const real = process;
    vi.stubGlobal('process', undefined);
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    vi.stubGlobal('process', real);
    await serve(damaged());
    await settled();
    expect(lines()).toEqual([]);
  });

  it('says of what nobody can explain that it may be a forgery or another secret, once for a sender', async () => {
    const { receiver } = receiverOf();
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    await serve(forged());
    await printed(1);
    await serve(forged());
    const all = await printed(1);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(
      /^countersign: acme refused a delivery: signature_mismatch \(x-sig\)\. No cause was found: it is a forgery, it is signed with the secret of another endpoint, or bytes were lost on the way\./,
    );
    // A cause that can be named is news all the same.
    await serve(damaged());
    expect((await printed(2))[1]).toContain('body_trailing_newline');
  });

  it('prints no secret, no signature and no piece of a body', async () => {
    const warned: string[] = [];
    const { receiver } = receiverOf(provider, { secrets: async () => `${secret}\n` });
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    const plain = edges.fetchHandler(receiverOf().receiver, () => undefined, { diagnose: true });
    const signature = mac(body);
    for (const [handler, given, headers] of [
      [serve, body, { 'x-sig': signature }],
      [plain, `${body}\r\n`, { 'x-sig': signature }],
      [plain, JSON.stringify(JSON.parse(body), null, 1), { 'x-sig': signature }],
      [plain, body, { 'x-sig': signature.slice(1) }],
      [plain, body, { 'x-acme-sig': signature }],
      [plain, 'bodymark', { 'x-sig': mac('other') }],
      [plain, body, {}],
    ] as const) {
      await handler(requestOf(given, headers));
      await settled();
    }
    warned.push(...(await printed(5)));
    const text = warned.join('\n');
    expect(text).toContain('secret_whitespace');
    for (const leak of [
      secret,
      secret.slice(0, 13),
      signature,
      signature.slice(0, 12),
      mac('other'),
      'bodymark',
      'evt_1',
    ])
      expect(text).not.toContain(leak);
  });

  it('answers as it would without the option, and tells onOutcome the same', async () => {
    const requests: (() => Request)[] = [
      damaged,
      forged,
      () => requestOf(body, { 'x-sig': mac(body) }),
      () => requestOf(body, {}),
      () => requestOf(body, { 'x-sig': 'no hex' }),
      () => requestOf('{', { 'x-sig': mac('{') }),
      () => requestOf(body, { 'x-sig': mac(body), 'content-encoding': 'gzip' }),
      () => requestOf('x'.repeat(3000), { 'x-sig': mac(body) }),
      () => requestOf('x'.repeat(3000), {}),
      () => new Request('https://example.com/hook', { headers: { 'x-sig': mac(body) } }),
    ];
    const run = async (options: { readonly diagnose?: boolean }) => {
      const answers: unknown[] = [];
      const { receiver, outcomes } = receiverOf(provider, { maxBodyBytes: 1000 });
      const finished = edges.fetchHandler(receiver, () => undefined, options);
      const verified = edges.fetchMiddleware(receiver, options);
      for (const make of requests) {
        answers.push(await seen(await finished(make())));
        answers.push(await seen(await verified(make(), () => new Response('own', { status: 201 }))));
      }
      return { answers, told: outcomes.map((one) => (one.kind === 'rejected' ? one.error.code : one.kind)) };
    };
    const without = await run({});
    expect(await run({ diagnose: true })).toEqual(without);
    expect(without.told).toContain('handled');
    expect(new Set(without.told).size).toBeGreaterThan(5);
    expect((await printed(1)).length).toBeGreaterThan(0);
  });

  it('answers before it computes, and hands its work to waitUntil', async () => {
    const { receiver } = receiverOf();
    const works: Promise<unknown>[] = [];
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    await serve(damaged(), { waitUntil: (work: Promise<unknown>) => void works.push(work) });
    expect([works.length, lines().length]).toEqual([1, 0]);
    await works[0];
    expect(lines()).toHaveLength(1);
    // Not even what costs nothing and needs no import is done before the answer has gone its way.
    const guarded = receiverOf(provider, { requiredHeaders: { 'x-gate': 'gate-value-0123456789' } }).receiver;
    const refuse = edges.fetchHandler(guarded, () => undefined, { diagnose: true });
    const ungated = requestOf(body, { 'x-sig': mac(body), 'x-gate': 'wrong' });
    await refuse(ungated, { waitUntil: (work: Promise<unknown>) => void works.push(work) });
    for (let turn = 0; turn < 100; turn++) await undefined;
    expect([works.length, lines().length]).toEqual([2, 1]);
    await works[1];
    expect(lines()).toHaveLength(2);
    // Hono throws where the runtime has no execution context.
    const throwing = { waitUntil: () => expect.fail('there is none') };
    expect((await serve(forged(), throwing)).status).toBe(401);
    expect(await printed(3)).toHaveLength(3);
  });

  it('looks at the body also where the head is refused before it', async () => {
    const { receiver } = receiverOf(timed as typeof provider);
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    const time = Math.floor(Date.now() / 1000) - 4000;
    const signature = mac(`${time}.${body}`);
    await serve(requestOf(`${body}\n`, { 'x-sig': `t=${time},v1=${signature}` }));
    const [line = ''] = await printed(1);
    expect(line).toMatch(/timestamp_too_old[\s\S]*body_trailing_newline, proved/);
  });

  it('says what the receiver knows of a handshake, of required headers and of nothing else', async () => {
    const guarded = receiverOf(provider, { requiredHeaders: { 'x-gate': 'gate-value-0123456789' } }).receiver;
    const serve = edges.fetchHandler(guarded, () => undefined, { diagnose: true });
    await serve(requestOf(body, { 'x-sig': mac(body), 'x-gate': 'wrong' }));
    const [line = ''] = await printed(1);
    expect(line).toContain('acme refused a delivery: signature_mismatch: ');
    expect(line).toContain('At requiredHeaders.');
    expect(line).not.toContain('gate-value');
    // Neither of these is about the signature.
    const { receiver } = receiverOf();
    const plain = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    await plain(requestOf('{', { 'x-sig': mac('{') }));
    const failing = { '~standard': { version: 1, vendor: 'test', validate: () => expect.fail('thrown') } } as const;
    const typed = defineProvider({ ...provider, eventType: { json: 'id' } });
    const checked = receiverOf(typed, { schemas: { evt_1: failing } as never });
    const whole = edges.fetchHandler(checked.receiver, () => undefined, { diagnose: true });
    expect((await whole(requestOf(body, { 'x-sig': mac(body) }))).status).toBe(500);
    expect(checked.outcomes[0]).toMatchObject({ kind: 'rejected', error: { code: 'options_invalid' } });
    const used = damaged();
    await used.text();
    expect((await plain(used)).status).toBe(500);
    await settled();
    expect(lines()).toHaveLength(1);
  });

  it('begins no more than 20 diagnoses in a minute, one at a time', async () => {
    const { receiver } = receiverOf();
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    const works: Promise<unknown>[] = [];
    const platform = { waitUntil: (work: Promise<unknown>) => void works.push(work) };
    await Promise.all([serve(forged(), platform), serve(forged(), platform), serve(forged(), platform)]);
    expect(works).toHaveLength(1);
    await works[0];
    for (let round = 0; round < 30; round++) {
      await serve(forged(), platform);
      await works.at(-1);
    }
    expect(works).toHaveLength(20);
    passed = 61_000;
    await serve(forged(), platform);
    expect(works).toHaveLength(21);
    await works.at(-1);
  });

  it('takes one that a platform has broken off for over after a while', async () => {
    const { receiver } = receiverOf();
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    const works: Promise<unknown>[] = [];
    const platform = { waitUntil: (work: Promise<unknown>) => void works.push(work) };
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    await serve(forged(), platform);
    await serve(forged(), platform);
    expect(works).toHaveLength(1);
    passed = 31_000;
    await serve(forged(), platform);
    expect(works).toHaveLength(2);
  });

  it('prints a failure of its own once, as a line that quotes nothing', async () => {
    vi.doMock('@countersign/core/diagnose', () => ({
      diagnoseFor: () => Promise.reject(Object.assign(new SyntaxError(`unexpected ${body}`), { code: 'E_ODD' })),
    }));
    const { receiver } = receiverOf();
    const serve = edges.fetchHandler(receiver, () => undefined, { diagnose: true });
    for (let round = 0; round < 3; round++) {
      expect((await serve(damaged())).status).toBe(401);
      await settled();
    }
    vi.doUnmock('@countersign/core/diagnose');
    expect(await printed(1)).toEqual([
      'countersign: acme refused a delivery, and its diagnosis failed: SyntaxError E_ODD',
    ]);
  });

  it('refuses a copy of a receiver and what is no boolean when it is mounted', () => {
    const { receiver } = receiverOf();
    const mounts = [edges.fetchHandler, nodeEdges.nodeHandler, lambda.lambdaHandler] as unknown as ((
      ...all: unknown[]
    ) => unknown)[];
    for (const mount of mounts) {
      const handle = () => undefined;
      mount(receiver, handle, { diagnose: true });
      mount({ ...receiver }, handle, { diagnose: false });
      expect(() => mount({ ...receiver }, handle, { diagnose: true })).toThrow(/options_invalid.*At diagnose.*copy/);
      expect(() => mount(receiver, handle, { diagnose: 'yes' })).toThrow(/options_invalid.*true or false/);
    }
    for (const mount of [edges.fetchMiddleware, nodeEdges.nodeMiddleware] as unknown as typeof mounts)
      expect(() => mount({ ...receiver }, { diagnose: true })).toThrow(/options_invalid.*At diagnose/);
  });

  it('looks at what Node and Lambda were sent, in their own words', async () => {
    const { receiver } = receiverOf();
    const server = createServer(nodeEdges.nodeHandler(receiver, () => undefined, { diagnose: true }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const response = await fetch(url, { method: 'POST', body: `${body}\n`, headers: { 'x-sig': mac(body) } });
      expect(response.status).toBe(401);
      expect((await printed(1))[0]).toContain('collect the chunks as Buffers');
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const other = receiverOf(defineProvider({ ...provider, name: 'other' })).receiver;
    const handler = lambda.lambdaHandler(other, () => undefined, { diagnose: true });
    const event = { httpMethod: 'POST', path: '/hook', body: `${body}\n`, headers: { 'X-Sig': mac(body) } };
    expect((await handler(event)).statusCode).toBe(401);
    expect((await printed(2))[1]).toContain('By hand, pass Buffer.from(event.body');
    // Lambda screens the head first, and has the body all the same.
    expect((await handler({ ...event, headers: {} })).statusCode).toBe(401);
    expect((await printed(3))[2]).toContain('header_missing');
  });
});
