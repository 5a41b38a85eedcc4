/** What other middleware does to a body, before and behind the adapter. */

import { webhook, webhookMiddleware } from '@countersign/express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeAll, frameworks, later, post, R, receiverOf, serve, signedR } from './server.ts';

const body = '{"id":"evt_1"}';
afterEach(closeAll);

describe.each(frameworks)('the body before and behind the adapter in %s', (_, express) => {
  const behind = async (before: RequestHandler, ...rest: RequestHandler[]) => {
    const { receiver, outcomes, reasons } = receiverOf(R);
    const handle = vi.fn();
    const app: Express = express();
    app.use(before);
    app.post('/hook', webhook(receiver, handle) as RequestHandler);
    app.post('/behind', webhookMiddleware(receiver) as RequestHandler, ...rest);
    return { ...(await serve(app)), handle, outcomes, reasons };
  };

  it('reads a stream that somebody has paused while waiting for something', async () => {
    const { url, handle } = await behind((request, _response, next) => {
      request.pause();
      setTimeout(next, 20);
    });
    expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(200);
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('reads beside somebody who listens to the same stream', async () => {
    const heard: string[] = [];
    const { url } = await behind((request, _response, next) => {
      request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
      next();
    });
    expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(200);
    expect(heard.join('')).toBe(body);
  });

  it('names request.setEncoding(), which turns bytes into text, at once', async () => {
    const { url, reasons } = await behind((request, _response, next) => {
      request.setEncoding('utf8');
      next();
    });
    const response = await post(`${url}/hook`, body, signedR(body));
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: 'body_not_raw', hint: expect.stringContaining('setEncoding') },
    ]);
    expect(reasons()).toEqual(['body_not_raw']);
  });

  it.each([
    ['application/json', () => express.json(), 'express.json()'],
    ['application/x-www-form-urlencoded', () => express.urlencoded({ extended: false }), 'express.urlencoded()'],
    ['text/plain', () => express.text(), 'express.text()'],
  ])('AD-01 names the parser that took %s, within 250 ms', { retry: 2 }, async (type, parser, name) => {
    const { url, handle, outcomes } = await behind(parser() as RequestHandler);
    const startedAt = performance.now();
    const response = await post(`${url}/hook`, body, { ...signedR(body), 'content-type': type });
    expect(performance.now() - startedAt).toBeLessThan(250);
    expect(response.status).toBe(500);
    expect((await response.json()).hint).toContain(name);
    expect(outcomes[0]).toMatchObject({ error: { code: 'body_not_raw', hint: expect.stringContaining(name) } });
    expect(handle).not.toHaveBeenCalled();
  });

  it('says nothing of the content when a getter for the parsed body throws', async () => {
    const { url, outcomes } = await behind((request, _response, next) => {
      Object.defineProperty(request, 'body', { get: () => JSON.parse('private') });
      next();
    });
    expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(500);
    expect(JSON.stringify(outcomes) + String((outcomes[0] as { error?: Error }).error?.cause)).not.toContain('private');
  });

  it('leaves the stream alone where a parser did not feel concerned', async () => {
    const { url } = await behind(express.json());
    const response = await post(`${url}/hook`, body, { ...signedR(body), 'content-type': 'application/vnd.x+xml' });
    expect(response.status).toBe(200);
  });

  it('lets a parser that stands behind the middleware pass on', async () => {
    const { url } = await behind(
      (_request, _response, next) => next(),
      express.json(),
      (request: Request, response: Response) => void response.json({ id: request.webhook?.id }),
    );
    const response = await Promise.race([post(`${url}/behind`, body, signedR(body)), later(3000)]);
    expect(response?.status).toBe(200);
    expect(await response?.json()).toEqual({ id: 'evt_1' });
  });

  it('answers 413 for kept bytes beyond the limit', async () => {
    const { receiver } = receiverOf(R, { maxBodyBytes: 10 });
    const app = express();
    app.post('/hook', express.raw({ type: () => true }), webhook(receiver, () => undefined) as RequestHandler);
    const { url } = await serve(app);
    expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(413);
  });

  it('refuses options that it does not know, and a handler that is undefined, when it is mounted', () => {
    const { receiver } = receiverOf(R);
    const mount = webhook as (...given: unknown[]) => unknown;
    for (const wrong of [{ 'order.paid': undefined }, { diagnose: true }, {}, undefined, null, 'x'])
      expect(() => mount(receiver, wrong)).toThrow(/options_invalid.*At handle/);
    expect(() => mount(receiver)).toThrow(/At handle.*webhookMiddleware\(receiver, options\)/);
    expect(() => mount(receiver, () => undefined, { limit: 1 })).toThrow(/At limit/);
    const mountMiddleware = webhookMiddleware as (...given: unknown[]) => unknown;
    for (const wrong of [{ 'order.paid': () => undefined }, { bodyTimeoutSecond: 1 }, { diagnose: 'yes' }, null, 'x'])
      expect(() => mountMiddleware(receiver, wrong)).toThrow(/options_invalid/);
    expect(() => mountMiddleware(receiver)).not.toThrow();
  });

  it('verifies on every path under app.use, and nothing below it runs unverified', async () => {
    const { receiver } = receiverOf(R);
    const urls: string[] = [];
    const app = express();
    app.use('/hooks', webhookMiddleware(receiver) as RequestHandler);
    app.use('/hooks', ((request: Request, response: Response, _next: NextFunction) => {
      urls.push(request.originalUrl);
      response.sendStatus(204);
    }) as RequestHandler);
    const { url } = await serve(app);
    expect((await post(`${url}/hooks/a/b?c=1`, body, signedR(body))).status).toBe(204);
    for (const path of ['/hooks', '/hooks/', '/hooks//x', '/HOOKS/x', '/hooks/%61/x'])
      expect((await post(url + path, body, {})).status, path).toBe(401);
    expect(urls).toEqual(['/hooks/a/b?c=1']);
  });
});
