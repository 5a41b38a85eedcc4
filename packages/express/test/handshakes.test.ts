import { createHmac } from 'node:crypto';
import { createReceiver, memoryStore, type Receiver, type WebhookEvent } from '@countersign/core';
import { webhook, webhookMiddleware } from '@countersign/express';
import { dropbox } from '@countersign/providers/dropbox';
import { gocardless } from '@countersign/providers/gocardless';
import { meta } from '@countersign/providers/meta';
import { trello } from '@countersign/providers/trello';
import { zoom } from '@countersign/providers/zoom';
import type { Request, Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, frameworks, serve } from './server.ts';

const secret = 'a-secret-of-the-tests-R7kQ2mXv';
afterEach(closeAll);

describe.each(frameworks)('handshakes behind %s', (_, express) => {
  const mount = async (receiver: Receiver) => {
    const app = express();
    app.all(
      '/hook',
      webhook(receiver, () => expect.unreachable('no handler runs for a handshake')),
    );
    return `${(await serve(app)).url}/hook`;
  };

  it('answer a challenge in the query as text, by GET', async () => {
    const url = await mount(createReceiver({ provider: dropbox, secrets: secret }));
    const response = await fetch(`${url}?challenge=abc%3Cb%3E`);
    expect([response.status, await response.text()]).toEqual([200, 'abc<b>']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(url)).status).toBe(405);
  });

  it('compare a verify token, and answer HEAD', async () => {
    const url = await mount(createReceiver({ provider: meta, secrets: secret, handshakes: { verifyToken: 'chosen' } }));
    const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
    const right = await fetch(`${url}?${query}chosen`);
    expect([right.status, await right.text()]).toEqual([200, '1158201444']);
    const wrong = await fetch(`${url}?${query}guessed`);
    expect([wrong.status, await wrong.json()]).toEqual([401, { error: 'unauthorized' }]);
    const receiver = createReceiver({
      provider: trello,
      secrets: secret,
      publicUrl: 'https://example.com',
      onWarning: () => {},
    });
    expect((await fetch(await mount(receiver), { method: 'HEAD' })).status).toBe(200);
  });

  it('sign a token that came signed, and nothing that did not', async () => {
    const url = await mount(createReceiver({ provider: zoom, secrets: secret, onWarning: () => {} }));
    const body = JSON.stringify({
      event: 'endpoint.url_validation',
      payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
    });
    const time = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
    const post = (signed: string) =>
      fetch(url, { method: 'POST', body, headers: { 'x-zm-request-timestamp': time, 'x-zm-signature': signed } });
    expect(await (await post(signature)).json()).toEqual({
      plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
      encryptedToken: createHmac('sha256', secret).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex'),
    });
    expect((await post(signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).status).toBe(401);
  });
});

describe.each(frameworks)('a batch behind %s', (_, express) => {
  const body = JSON.stringify({ events: [{ id: 'EV1' }, { id: 'EV2' }, { id: 'EV3' }] });
  const headers = { 'webhook-signature': createHmac('sha256', secret).update(body).digest('hex') };

  it('runs the handler once for each event, and again for the failed one alone', async () => {
    const runs: unknown[] = [];
    const receiver = createReceiver({
      provider: gocardless,
      secrets: secret,
      dedupe: memoryStore(),
      onOutcome: () => {},
    });
    const app = express();
    app.post(
      '/hook',
      webhook(receiver, (event) => {
        runs.push(event.id);
        if (event.id === 'EV2' && runs.length <= 3) throw new Error('not yet');
      }),
    );
    const url = `${(await serve(app)).url}/hook`;
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++)
      statuses.push((await fetch(url, { method: 'POST', body, headers })).status);
    expect(statuses).toEqual([500, 200, 200]);
    expect(runs).toEqual(['EV1', 'EV2', 'EV3', 'EV2']);
  });

  it('reaches the app’s own handler once and whole where webhook() is middleware', async () => {
    const receiver = createReceiver({ provider: gocardless, secrets: secret, dedupe: memoryStore() });
    const app = express();
    const seen: unknown[] = [];
    app.post('/hook', webhookMiddleware(receiver), (request: Request, response: Response) => {
      const { webhook: event } = request as unknown as { webhook: WebhookEvent };
      seen.push(
        event.payload,
        event.split().map(({ id }) => id),
      );
      response.status(202).end();
    });
    const url = `${(await serve(app)).url}/hook`;
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(202);
    expect(seen).toEqual([JSON.parse(body), ['EV1', 'EV2', 'EV3']]);
  });
});
