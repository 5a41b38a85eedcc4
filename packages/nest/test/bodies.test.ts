/** The raw bytes: kept by Nest, gone, too many, or left in the stream. */

import type { WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook } from '@countersign/nest';
import { HttpCode, type INestApplication, Post } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { json } from 'express';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  closeAll,
  controllerOf,
  delivery,
  forged,
  type Method,
  moduleOf,
  platforms,
  receiverOf,
  serve,
  withReceiver,
} from './nest-app.ts';

afterEach(closeAll);

const serveHook = async (
  platform: (typeof platforms)[number],
  configure?: (app: INestApplication) => void,
  options: object = { rawBody: true },
) => {
  const run = vi.fn((event: WebhookEvent) => ({ bytes: event.body.byteLength }));
  const { receiver, outcomes, reasons } = receiverOf();
  const receive: Method = {
    decorators: [Post(), HttpCode(200), Webhook('github')],
    parameters: [VerifiedEvent()],
    run,
  };
  const controllers = [controllerOf('hooks', { receive })];
  const { url } = await serve(
    platform,
    moduleOf({ imports: [withReceiver(receiver)], controllers }),
    configure,
    options,
  );
  const hintOf = () => outcomes.map((one) => (one.kind === 'rejected' ? one.error.hint : '')).at(-1) ?? '';
  return { url: `${url}/hooks`, run, reasons, hintOf };
};

describe.each(platforms)('the bytes of a delivery on %s', (platform) => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'])(
    'are those that Nest keeps of %s, down to white space and escapes',
    async (type) => {
      const { url, run } = await serveHook(platform);
      const body = '{ "ref":"caf\\u00e9 ü",\n "n": 475.50 }\n';
      const answer = await fetch(url, await delivery(body, undefined, type));
      expect([answer.status, await answer.json()]).toEqual([200, { bytes: Buffer.byteLength(body) }]);
      expect(Buffer.from(run.mock.calls[0]?.[0].body ?? []).toString()).toBe(body);
    },
  );

  it.each(['{}', ' {}', '[]', '{"a":1}'])('may be as few as %j', async (body) => {
    const { url } = await serveHook(platform);
    expect((await fetch(url, await delivery(body))).status).toBe(200);
  });

  it('are asked for with the line to change, where the app keeps none', async () => {
    const { url, run, reasons, hintOf } = await serveHook(platform, undefined, {});
    for (const sent of [await delivery(), await forged()]) {
      const answer = await fetch(url, sent);
      expect([answer.status, await answer.json()]).toEqual([
        500,
        { error: 'body_not_raw', hint: expect.stringContaining('NestFactory.create(AppModule, { rawBody: true })') },
      ]);
    }
    expect(hintOf()).toMatch(/^Nest's JSON parser or another body parser ran first\./);
    expect(run).not.toHaveBeenCalled();
    expect(reasons()).toEqual(['body_not_raw', 'body_not_raw']);
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  });

  it('of 90 kB are taken by default', async () => {
    const { url } = await serveHook(platform);
    expect((await fetch(url, await delivery({ padding: 'x'.repeat(90_000) }))).status).toBe(200);
  });
});

describe('the bytes of a delivery on Express', () => {
  it('are asked for where a parser of the app runs before that of Nest', async () => {
    const { url, reasons } = await serveHook('Express', (app) => app.use(json()));
    const answer = await fetch(url, await delivery());
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: 'body_not_raw', hint: expect.stringContaining("add no body parser before Nest's own") },
    ]);
    expect(reasons()).toEqual(['body_not_raw']);
  });

  it('beyond the 100 kB of its parser are 413, and the outcome names the limit and the line that raises it', async () => {
    const { url, run, reasons, hintOf } = await serveHook('Express');
    const large = { padding: 'x'.repeat(110_000) };
    expect((await fetch(url, await delivery(large))).status).toBe(413);
    expect(reasons()).toEqual(['body_too_large']);
    expect(hintOf()).toMatch(/100 kB by default\. .*app\.useBodyParser\('json', \{ limit: '1mb' \}\)/);
    // What has no signature was no delivery, and is not reported as one.
    const { body } = await delivery(large);
    const unsigned = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    expect((await fetch(url, unsigned)).status).toBe(413);
    expect(reasons()).toEqual(['body_too_large']);
    expect(run).not.toHaveBeenCalled();
  });

  it('beyond 100 kB are taken once that line is there', async () => {
    const { url } = await serveHook('Express', (app) =>
      (app as NestExpressApplication).useBodyParser('json', { limit: '1mb' }),
    );
    expect((await fetch(url, await delivery({ padding: 'x'.repeat(500_000) }))).status).toBe(200);
    const more = await fetch(url, await delivery({ padding: 'x'.repeat(1_048_576) }));
    expect(more.status).toBe(413);
  });

  it.each(['text/plain', 'application/vnd.github+json', 'nonsense'])(
    'are read from the stream where its parsers leave %s alone',
    async (type) => {
      const { url } = await serveHook('Express');
      expect((await fetch(url, await delivery({}, undefined, type))).status).toBe(200);
      expect((await fetch(url, await forged({}))).status).toBe(401);
    },
  );

  it('are read from the stream, up to the limit of the receiver, where its parsers are off', async () => {
    const { url } = await serveHook('Express', undefined, { bodyParser: false });
    expect((await fetch(url, await delivery({ padding: 'x'.repeat(500_000) }))).status).toBe(200);
    expect((await fetch(url, await forged())).status).toBe(401);
  });
});

describe('the bytes of a delivery on Fastify', () => {
  it('of 500 kB are taken by default', async () => {
    const { url } = await serveHook('Fastify');
    expect((await fetch(url, await delivery({ padding: 'x'.repeat(500_000) }))).status).toBe(200);
  });

  it('of another type are asked for, and taken once that type has a parser that keeps them', async () => {
    const { url, reasons } = await serveHook('Fastify');
    const answer = await fetch(url, await delivery({}, undefined, 'text/plain'));
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: 'body_not_raw', hint: expect.stringContaining("parser with parseAs: 'buffer'") },
    ]);
    expect(reasons()).toEqual(['body_not_raw']);
    const keepBytes = (app: INestApplication) => {
      const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance() as unknown as FastifyInstance;
      const keep = (_request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => done(null, body);
      fastify.addContentTypeParser('text/plain', { parseAs: 'buffer' }, keep);
    };
    const kept = await serveHook('Fastify', keepBytes);
    expect((await fetch(kept.url, await delivery({}, undefined, 'text/plain'))).status).toBe(200);
    expect((await fetch(kept.url, await delivery())).status).toBe(200);
  });
});
