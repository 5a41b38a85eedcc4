import { gzipSync } from 'node:zlib';
import {
  type AnyEvent,
  type DedupeStore,
  defineProvider,
  defineStore,
  type Handler,
  memoryStore,
  sharedToken,
} from '@countersign/core';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/express';
import type { Request, RequestHandler, Response } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  closeAll,
  frameworks,
  later,
  mac,
  mounter,
  post,
  R,
  raw,
  receiverOf,
  secret,
  seen,
  signedR,
  signedT,
  T,
} from './server.ts';

const body = '{"id":"evt_1","type":"t","n":475.50}';
afterEach(closeAll);

describe.each(frameworks)('the adapter for %s', (_, express) => {
  const mount = mounter(express);
  const route = (receiver: Parameters<typeof webhook>[0], handle: Handler<AnyEvent> = () => undefined, options = {}) =>
    mount((app) => app.post('/hook', webhook(receiver, handle as never, options) as RequestHandler));

  it('HG-01 BB-01 handles a genuine delivery over its raw bytes', async () => {
    const { receiver, reasons } = receiverOf(T);
    const handle = vi.fn(
      (event: { body: Uint8Array; payload: unknown }) => void expect(Buffer.from(event.body).toString()).toBe(body),
    );
    const { url } = await route(receiver, handle as never);
    const response = await post(`${url}/hook`, body, signedT(body));
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(reasons()).toEqual(['handled']);
  });

  it('IL-01 answers every cause of a refusal alike, and tells the cause to onOutcome alone', async () => {
    const { receiver, reasons } = receiverOf(T, { dedupe: memoryStore() });
    const handle = vi.fn();
    const { url } = await route(receiver, handle);
    const now = Math.floor(Date.now() / 1000);
    const good = signedT(body)['x-sig'];
    const causes: Record<string, string>[] = [
      {},
      { 'x-sig': `t=${now}` },
      { 'x-sig': `v1=${mac(body)}` },
      { 'x-sig': 'abc' },
      { 'x-sig': 'é'.repeat(30) },
      { 'x-sig': `t=1,${good}` },
      { 'x-sig': `${good}, ${good}` },
      { 'x-sig': `t=${now}abc,v1=${mac(`${now}.`, body)}` },
      { 'x-sig': good.slice(0, -2) },
      { 'x-sig': `t=${now},v1=${'0'.repeat(64)}` },
      signedT(body, now - 400),
      signedT(body, now + 400),
      signedT(`${body} `),
    ];
    const answers = new Set<string>();
    for (const headers of causes) answers.add(await seen(post(`${url}/hook`, body, headers)));
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^\[401,.*unauthorized/);
    expect(handle).not.toHaveBeenCalled();
    expect(new Set(reasons())).toEqual(
      new Set([
        'header_missing',
        'header_malformed',
        'timestamp_malformed',
        'timestamp_too_old',
        'timestamp_too_new',
        'signature_mismatch',
      ]),
    );
    expect(reasons()).toHaveLength(causes.length);
  });

  it('HG-16 HG-17 refuses a header in two lines, in each order, and keeps the connection', async () => {
    const { receiver, reasons } = receiverOf(T);
    const { port } = await route(receiver);
    const good = signedT(body)['x-sig'];
    const junk = good.replace(/v1=.*/, `v1=${'0'.repeat(64)}`);
    const request = (lines: string[]) =>
      `POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n${lines.map((line) => `X-Sig: ${line}\r\n`).join('')}\r\n${body}`;
    const text = await raw(port, [request([good, junk]), 50, request([junk, good]), 50, request([good])], 400);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 200']);
    expect(reasons()).toEqual(['header_repeated', 'header_repeated', 'handled']);
  });

  it('sees every line of a repeated Authorization, of which Node keeps the first', async () => {
    const provider = defineProvider<object>({
      name: 'bearer',
      scheme: sharedToken({ token: { header: 'authorization', scheme: 'Bearer' } }),
    });
    const { receiver, reasons } = receiverOf(provider);
    const { port } = await route(receiver);
    const request = (lines: string[]) =>
      `POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n${lines.map((line) => `Authorization: Bearer ${line}\r\n`).join('')}\r\n{}`;
    const text = await raw(port, [request([secret]), 50, request([secret, 'junk'])], 300);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
    expect(reasons()).toEqual(['handled', 'header_repeated']);
  });

  it('BB-03 BB-04 BB-08 BB-10 BB-11 BB-15 tells bytes from what reads like them', async () => {
    const { receiver } = receiverOf(R, { dedupe: memoryStore() });
    const { url } = await route(receiver, ((event: { payload: { x?: number } | null }) => ({
      body: String(event.payload?.x),
    })) as never);
    const status = async (sent: Uint8Array | string, signed: Uint8Array | string = sent) =>
      (await post(`${url}/hook`, sent, signedR(signed))).status;
    expect(await status(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)]), body)).toBe(401);
    expect(await status(Uint8Array.of(0xff), Uint8Array.of(0xef, 0xbf, 0xbd))).toBe(401);
    expect(await status('')).toBe(400);
    expect(await status('{"id":')).toBe(400);
    expect(await status(Uint8Array.of(0x7b, 0xff, 0x7d))).toBe(400);
    const polluted = await post(
      `${url}/hook`,
      '{"__proto__":{"x":1},"id":"e"}',
      signedR('{"__proto__":{"x":1},"id":"e"}'),
    );
    expect([polluted.status, await polluted.text()]).toEqual([200, 'undefined']);
    const random = new Uint8Array(200_000).map((_, index) => (index * 2_654_435_761) >>> 24);
    expect(await status(random)).toBe(400);
    expect(await status('['.repeat(100_000))).toBe(400);
    expect(await status(JSON.stringify({ id: 'big', data: 'x'.repeat(200_000) }))).toBe(200);
  });

  it('AD-02 AD-05 ignores content types and takes chunked bodies', async () => {
    const { receiver } = receiverOf(R);
    const { url, port } = await route(receiver);
    for (const type of [
      'application/vnd.x+json',
      'text/plain',
      'application/json; charset=utf-16',
      'application/x-www-form-urlencoded',
      '',
    ]) {
      expect((await post(`${url}/hook`, body, { ...signedR(body), 'content-type': type })).status).toBe(200);
    }
    const head = `POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Sig: ${mac(body)}\r\nConnection: close\r\n\r\n`;
    const [one, two] = [body.slice(0, 10), body.slice(10)];
    const text = await raw(port, [head, `a\r\n${one}\r\n`, 30, `${two.length.toString(16)}\r\n${two}\r\n0\r\n\r\n`]);
    expect(text).toMatch(/^HTTP\/1\.1 200/);
  });

  it.each([
    ['express.json()', () => express.json({ type: () => true }), /express\.json\(\)/],
    ['express.urlencoded()', () => express.urlencoded({ type: () => true, extended: false }), /body parser/],
    ['express.text()', () => express.text({ type: () => true }), /express\.text\(\)/],
    [
      'something that drains the stream',
      () => (request: Request, _response: Response, next: () => void) => void request.resume().on('end', next),
      /read the request's stream/,
    ],
  ])('AD-01 answers 500 at once and names the fix when %s ran first', async (_name, parser, hint) => {
    const { receiver, outcomes } = receiverOf(T);
    const handle = vi.fn();
    const { url } = await mount((app) => {
      app.use(parser() as RequestHandler);
      app.post('/hook', webhook(receiver, handle) as RequestHandler);
    });
    const response = await post(`${url}/hook`, body, signedT(body));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: 'body_not_raw', hint: expect.stringMatching(hint) });
    expect(outcomes).toEqual([
      expect.objectContaining({
        kind: 'rejected',
        error: expect.objectContaining({ code: 'body_not_raw', fault: 'receiver' }),
      }),
    ]);
    expect(handle).not.toHaveBeenCalled();
  });

  it('takes the Buffer of express.raw(), the rawBody of cloud functions, and an empty body that a parser has seen', async () => {
    const { receiver } = receiverOf(R, { dedupe: memoryStore() });
    const handler = webhook(receiver, () => undefined) as RequestHandler;
    const { url } = await mount((app) => {
      app.post('/raw', express.raw({ type: () => true }), handler);
      const keep = (request: { rawBody?: Buffer }, _response: unknown, content: Buffer) => {
        request.rawBody = content;
      };
      app.post('/cloud', express.json({ verify: keep as never }), handler);
      app.post('/parsed', express.json(), handler);
    });
    expect((await post(`${url}/raw`, body, signedR(body))).status).toBe(200);
    expect((await post(`${url}/cloud`, '{"id":"other"}', signedR('{"id":"other"}'))).status).toBe(200);
    expect((await post(`${url}/parsed`, '', signedR(''))).status).toBe(400);
  });

  it('AD-03 AD-08 refuses compressed bodies and other methods without verifying', async () => {
    const { receiver, reasons } = receiverOf(R);
    const { url } = await mount((app) => app.all('/hook', webhook(receiver, () => undefined) as RequestHandler));
    const zipped = gzipSync(body);
    expect((await post(`${url}/hook`, zipped, { ...signedR(zipped), 'content-encoding': 'gzip' })).status).toBe(415);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${url}/hook`, { method, headers: signedR('') });
      expect([response.status, response.headers.get('allow')], method).toEqual([405, 'POST']);
    }
    expect(new Set(reasons())).toEqual(new Set(['encoding_unsupported', 'method_unsupported']));
  });

  it('AD-07 answers 500 for a throw of either kind, stays alive, and lets the retry run', async () => {
    const rejections = vi.fn();
    process.on('unhandledRejection', rejections);
    const { receiver } = receiverOf(R, { dedupe: memoryStore() });
    let attempt = 0;
    const { url } = await route(receiver, () => {
      attempt++;
      if (attempt === 1) throw new Error('at once');
      if (attempt === 2) return Promise.reject(new Error('later'));
      return undefined;
    });
    const statuses = [];
    for (let round = 0; round < 4; round++) statuses.push((await post(`${url}/hook`, body, signedR(body))).status);
    expect(statuses).toEqual([500, 500, 200, 200]);
    expect(attempt).toBe(3);
    await later(20);
    process.off('unhandledRejection', rejections);
    expect(rejections).not.toHaveBeenCalled();
  });

  it('sends what a handler answers, and the same again, marked, to a duplicate', async () => {
    const { receiver } = receiverOf(R, { dedupe: memoryStore() });
    const { url } = await route(receiver, () => ({
      status: 202,
      headers: { 'content-type': 'text/plain' },
      body: 'queued',
    }));
    const first = await post(`${url}/hook`, body, signedR(body));
    expect([
      first.status,
      first.headers.get('content-type'),
      first.headers.get('webhook-replayed'),
      await first.text(),
    ]).toEqual([202, 'text/plain', null, 'queued']);
    const second = await post(`${url}/hook`, body, signedR(body));
    expect([
      second.status,
      second.headers.get('content-type'),
      second.headers.get('webhook-replayed'),
      await second.text(),
    ]).toEqual([202, 'text/plain', 'true', 'queued']);
  });

  it('DC-01 DC-02 runs one of twenty copies and never answers 2xx before it has committed', async () => {
    const { receiver } = receiverOf(R, { dedupe: memoryStore() });
    let committedAt = Number.POSITIVE_INFINITY;
    let sentAway = 0;
    // It ends once most copies have been sent away, so whoever waited for it to answer 2xx would wait.
    const handle = vi.fn(async () => {
      for (let round = 0; round < 500 && sentAway <= 10; round++) await later(20);
      committedAt = performance.now();
    });
    const { url } = await route(receiver, handle as never);
    const results = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await post(`${url}/hook`, body, signedR(body));
        if (response.status === 503) sentAway++;
        return { status: response.status, at: performance.now(), wait: response.headers.get('retry-after') };
      }),
    );
    expect(handle).toHaveBeenCalledTimes(1);
    for (const { status, at, wait } of results) {
      expect([200, 503]).toContain(status);
      if (status === 200) expect(at).toBeGreaterThanOrEqual(committedAt);
      else expect(wait).toBe('30');
    }
    expect(results.filter(({ status }) => status === 503).length).toBeGreaterThan(10);
  });

  it('RX-01 RX-02 refuses bodies beyond the limit, announced or not, and lets the sender read why', async () => {
    const { receiver, reasons } = receiverOf(R, { maxBodyBytes: 1000 });
    const handle = vi.fn();
    const { port } = await route(receiver, handle);
    const head = (more: string) => `POST /hook HTTP/1.1\r\nHost: x\r\nX-Sig: ${'0'.repeat(64)}\r\n${more}\r\n\r\n`;
    const announced = await raw(port, [head('Content-Length: 100000000')], 1000);
    expect(announced).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
    const chunk = `800\r\n${'x'.repeat(0x800)}\r\n`;
    const chunked = await raw(
      port,
      [head('Transfer-Encoding: chunked'), chunk, 50, ...Array.from({ length: 50 }, () => chunk)],
      1000,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(reasons()).toEqual(['body_too_large', 'body_too_large']);
    expect(handle).not.toHaveBeenCalled();
  });

  it('lets fetch read a refusal of a large body, by its headers and by its size', async () => {
    const { receiver } = receiverOf(T);
    const { url } = await route(receiver);
    for (let round = 0; round < 5; round++) {
      expect((await post(`${url}/hook`, new Uint8Array(900_000), {})).status).toBe(401);
    }
    const large = new Uint8Array(5_000_000);
    for (let round = 0; round < 5; round++) expect((await post(`${url}/hook`, large, signedT(large))).status).toBe(413);
  });

  it('RX-03 gives a body that trickles in no more than its time', async () => {
    const { receiver, reasons } = receiverOf(R, { bodyTimeoutSeconds: 0.2 });
    const { port } = await route(receiver, () => undefined);
    const startedAt = performance.now();
    const text = await raw(
      port,
      [
        `POST /hook HTTP/1.1\r\nHost: x\r\nX-Sig: ${mac(body)}\r\nContent-Length: ${body.length}\r\n\r\n`,
        '{',
        100,
        '"',
        100,
        'i',
        100,
        'd',
      ],
      2000,
    );
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(reasons()).toEqual(['body_timeout']);
  });

  it('RX-04 refuses by the headers alone, before a body has come', async () => {
    const { receiver, reasons } = receiverOf(T);
    const { port } = await route(receiver);
    const text = await raw(port, ['POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n'], 300);
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
    expect(reasons()).toEqual(['header_missing']);
  });

  it('AD-13 forgets a delivery whose sender goes away half way', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const { receiver, reasons } = receiverOf(R, { dedupe: store });
    const handle = vi.fn();
    const { port } = await route(receiver, handle);
    await raw(
      port,
      [
        `POST /hook HTTP/1.1\r\nHost: x\r\nX-Sig: ${mac(body)}\r\nContent-Length: ${body.length}\r\n\r\n`,
        body.slice(0, 10),
      ],
      50,
    );
    await vi.waitFor(() => expect(reasons()).toEqual(['body_timeout']));
    expect(handle).not.toHaveBeenCalled();
    expect(claim).not.toHaveBeenCalled();
  });

  it('SR-10 SR-11 answers an unknown tenant like a forgery and a resolver that fails with 503', async () => {
    const secrets = ({ url }: { url: string | undefined }) => {
      if (url === '/hooks/down') throw new Error('vault');
      return url === '/hooks/known' ? secret : [];
    };
    const { receiver } = receiverOf(T, { secrets });
    const { url } = await mount((app) => {
      const router = express.Router();
      router.post('/:tenant', webhook(receiver, () => undefined) as RequestHandler);
      app.use('/hooks', router);
    });
    const to = (tenant: string, headers = signedT(body)) => post(`${url}/hooks/${tenant}`, body, headers);
    expect((await to('known')).status).toBe(200);
    expect(await seen(to('unknown'))).toBe(await seen(to('known', signedT('other'))));
    const down = await to('down');
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('AD-15 leaves odd paths to nobody or verifies them all the same', async () => {
    const { receiver } = receiverOf(T);
    const handle = vi.fn();
    const { port } = await route(receiver, handle);
    for (const path of ['/%68ook', '//hook', '/hook;a=b', '/HOOK', '/hook/', '/./hook']) {
      const text = await raw(
        port,
        [`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`],
        500,
      );
      expect(text, path).toMatch(/^HTTP\/1\.1 (?:401|404)/);
    }
    expect(handle).not.toHaveBeenCalled();
  });

  it('refuses what is no receiver, no handler or no limit when it is mounted', () => {
    const { receiver } = receiverOf(T);
    expect(() => webhook(undefined as never, () => undefined)).toThrow(/createReceiver/);
    expect(() => webhook(receiver, () => undefined, { bodyTimeoutSeconds: 1 } as never)).toThrow(/createReceiver/);
  });

  describe('as middleware', () => {
    const behind = (receiver: Parameters<typeof webhook>[0], ...handlers: RequestHandler[]) =>
      mount((app) => {
        app.post('/hook', webhookMiddleware(receiver) as RequestHandler, ...handlers);
        app.use(((_error: Error, _request: Request, response: Response, next: () => void) =>
          response.headersSent ? next() : response.status(500).json({ mine: true })) as never);
      });

    it('puts the event on the request and sends what the app answers, in each of its ways', async () => {
      const { receiver, reasons } = receiverOf(R, { dedupe: memoryStore() });
      const ways: RequestHandler[] = [
        (request, response) => void response.status(201).json({ id: request.webhook?.id }),
        (_request, response) => void response.sendStatus(204),
        (_request, response) => {
          response.write('one ');
          setTimeout(() => response.end('two'), 20);
        },
        (_request, response) => void response.writeHead(202, { 'x-a': 'b' }).end('done'),
      ];
      const { url } = await behind(receiver, (request, response, next) =>
        ways[Number(request.query.way)]?.(request, response, next),
      );
      const answers = [];
      for (const way of ways.keys()) {
        const content = JSON.stringify({ id: `e${way}` });
        const response = await post(`${url}/hook?way=${way}`, content, signedR(content));
        answers.push([response.status, await response.text()]);
      }
      expect(answers).toEqual([
        [201, '{"id":"e0"}'],
        [204, ''],
        [200, 'one two'],
        [202, 'done'],
      ]);
      expect(reasons()).toEqual(['handled', 'handled', 'handled', 'handled']);
    });

    it('lets no 2xx out before the event is on record', async () => {
      const store = memoryStore();
      let isRecorded = false;
      const slow = defineStore({
        local: true,
        claim: store.claim,
        extend: store.extend,
        release: store.release,
        complete: async (...given: Parameters<typeof store.complete>) => {
          await later(150);
          isRecorded = true;
          return store.complete(...given);
        },
      });
      const { receiver } = receiverOf(R, { dedupe: slow });
      const { url } = await behind(receiver, (_request, response) => {
        response.write('a');
        response.end('b');
      });
      const response = await post(`${url}/hook`, body, signedR(body));
      expect(isRecorded).toBe(true);
      expect([response.status, await response.text()]).toEqual([200, 'ab']);
    });

    it('releases the event when the app answers 500, throws or passes an error on, and answers a duplicate itself', async () => {
      const { receiver } = receiverOf(R, { dedupe: memoryStore() });
      const seenIds: (string | undefined)[] = [];
      const ways: RequestHandler[] = [
        (_request, response) => void response.status(503).send('later'),
        () => {
          throw new Error('at once');
        },
        (_request, _response, next) => next(new Error('passed on')),
        (_request, response) => void response.status(200).send('ok'),
      ];
      const { url } = await behind(receiver, (request, response, next) => {
        seenIds.push(request.webhook?.id);
        ways[seenIds.length - 1]?.(request, response, next);
      });
      const statuses = [];
      for (let round = 0; round < 5; round++) statuses.push((await post(`${url}/hook`, body, signedR(body))).status);
      expect(statuses).toEqual([503, 500, 500, 200, 200]);
      expect(seenIds).toEqual(['evt_1', 'evt_1', 'evt_1', 'evt_1']);
    });

    it('answers 500 and not what the app says when the claim was lost meanwhile', async () => {
      const store = memoryStore();
      const lost: DedupeStore = {
        ...store,
        claim: store.claim,
        extend: store.extend,
        release: store.release,
        complete: async () => false,
      };
      const { receiver } = receiverOf(R, { dedupe: lost });
      const { url } = await behind(
        receiver,
        (_request, response) => void response.status(200).set('x-app', '1').send('ok'),
      );
      const response = await post(`${url}/hook`, body, signedR(body));
      expect([response.status, response.headers.get('x-app'), await response.json()]).toEqual([
        500,
        null,
        { error: 'internal_error' },
      ]);
    });

    it('hands the event to verifiedEvent(), which throws on a path that the middleware does not cover', async () => {
      const { receiver } = receiverOf(R);
      const own: RequestHandler = (request, response) => {
        // What a body parser or another middleware may leave there.
        request.webhook = { ...request.body, id: 'claimed' };
        response.json({ id: verifiedEvent(receiver, request).id });
      };
      const { url } = await mount((app) => {
        app.use('/hook', webhookMiddleware(receiver) as RequestHandler);
        app.use(express.json());
        const router = express.Router();
        router.post('/hook', own);
        app.use(router);
        app.use('/api', router);
        app.use(((error: { code?: string }, _request: Request, response: Response, _next: unknown) =>
          response.status(500).json({ code: error.code })) as never);
      });
      const verified = await post(`${url}/hook`, body, signedR(body));
      expect([verified.status, await verified.json()]).toEqual([200, { id: 'evt_1' }]);
      const claims = '{"webhook":{"id":"1"},"id":"1"}';
      for (const headers of [{}, signedR(claims), { webhook: '1', 'countersign.verified': '1' }]) {
        const missed = await post(`${url}/api/hook?webhook=1`, claims, headers);
        expect([missed.status, await missed.json()]).toEqual([500, { code: 'event_not_verified' }]);
      }
    });

    it('never calls the app for a refused delivery', async () => {
      const { receiver } = receiverOf(R);
      const handle = vi.fn();
      const { url } = await behind(receiver, handle);
      expect((await post(`${url}/hook`, body, { 'x-sig': '0'.repeat(64) })).status).toBe(401);
      expect(handle).not.toHaveBeenCalled();
    });
  });
});
