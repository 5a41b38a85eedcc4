/** The contract of endpoints: what ours and a careful endpoint by hand hold, and what it says of each that falls short. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, memoryStore, type Provider, type WebhookEvent } from '@countersign/core';
import { webhook as expressWebhook } from '@countersign/express';
import { webhook as fastifyWebhook } from '@countersign/fastify';
import { webhook as honoWebhook } from '@countersign/hono';
import { fetchHandler } from '@countersign/http/fetch';
import { nodeHandler } from '@countersign/http/node';
import { adyen } from '@countersign/providers/adyen';
import { clockify } from '@countersign/providers/clockify';
import { discord } from '@countersign/providers/discord';
import { github } from '@countersign/providers/github';
import { netlify } from '@countersign/providers/netlify';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { stripe } from '@countersign/providers/stripe';
import { twilio } from '@countersign/providers/twilio';
import {
  type ContractReport,
  createSigningKeys,
  runWebhookContract,
  type WebhookContractOptions,
  webhookContract,
} from '@countersign/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { brokenEndpoints, type Faults, handwrittenEndpoint } from '../src/handwritten-endpoint.ts';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const previousSecret = 'whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=';

const idsOf = (report: ContractReport, verdict: string) =>
  report.results.filter((result) => result.verdict === verdict).map(({ id }) => id);
const sayingOf = (report: ContractReport) =>
  report.results.flatMap(({ verdict, id, detail }) => (verdict === 'falls_short' ? [`${id}: ${detail}`] : []));

/** A receiver with a store, a handler that counts, fails and hangs on demand. */
function counted(provider: Provider, given: object) {
  const effects = new Map<string, number>();
  let mode: 'works' | 'fails' | 'hangs' = 'works';
  const receiver = createReceiver({
    provider,
    ...given,
    dedupe: memoryStore(),
    handlerTimeoutSeconds: 0.2,
    publicUrl: 'https://example.com',
    onWarning: () => undefined,
    onOutcome: () => undefined,
  } as never);
  const handle = async (event: WebhookEvent) => {
    if (mode === 'fails') throw new Error('on demand');
    if (mode === 'hangs') await new Promise((resolve) => setTimeout(resolve, 400));
    const id = event.id ?? event.text();
    effects.set(id, (effects.get(id) ?? 0) + 1);
  };
  return {
    receiver,
    handle: handle as never,
    effects: (id: string) => effects.get(id) ?? 0,
    failing: (isOn: boolean) => {
      mode = isOn ? 'fails' : 'works';
    },
    hanging: (isOn: boolean) => {
      mode = isOn ? 'hangs' : 'works';
    },
  };
}

const ours = counted(stripe, { secrets: [secret, previousSecret] });
const { effects, failing, hanging } = ours;
const plain = { provider: stripe, secret, previousSecret, effects, failing, hanging, runner: { describe, it } };

describe('behind Express, which is given as an app,', () => {
  const app = express().post('/hook', expressWebhook(ours.receiver, ours.handle));
  webhookContract({ ...plain, target: app, path: '/hook' });
});

describe('behind Fastify, which is given as an app,', () => {
  const app = fastify();
  app.register(fastifyWebhook(ours.receiver, ours.handle), { url: '/hook' });
  webhookContract({ ...plain, target: app, path: '/hook' });
});

describe('behind Hono, which is given as an app,', () => {
  const app = new Hono().post('/hook', honoWebhook(ours.receiver, ours.handle));
  webhookContract({ ...plain, target: app, path: '/hook' });
});

describe('behind a fetch handler', () => {
  webhookContract({ ...plain, target: fetchHandler(ours.receiver, ours.handle) });
});

describe('the contract of endpoints', () => {
  it('is held over HTTP by a URL, and every case counts', async () => {
    const server = createServer(nodeHandler(ours.receiver, ours.handle));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const told: string[] = [];
    const report = await runWebhookContract({ ...plain, target }, ({ id }) => told.push(id));
    expect(sayingOf(report)).toEqual([]);
    expect(report).toMatchObject({ provider: 'stripe', holds: 23, fallShort: 0, leftOut: 0 });
    expect(told).toEqual(report.results.map(({ id }) => id));
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['github', github],
    ['standard-webhooks', standardWebhooks],
    ['discord, by a public key', discord],
    ['clockify, by a stored token', clockify],
    ['netlify, by a token that binds the body', netlify],
    ['adyen, which signs inside the body', adyen],
    ['twilio, which signs the address and a form', twilio],
  ])('is held for %s, but for what such a sender does not have', async (_, provider) => {
    const keys = createSigningKeys(provider);
    const { receiver, handle } = counted(provider, keys.receiver);
    const report = await runWebhookContract({
      provider,
      ...keys.signing,
      target: fetchHandler(receiver, handle),
      url: 'https://example.com/',
    });
    expect(sayingOf(report)).toEqual([]);
    expect(idsOf(report, 'left_out')).toContain('retry_after_failure');
    expect(report.holds).toBeGreaterThan(5);
  });

  it.each<[number, string, () => Response]>([
    [404, 'no such route', () => new Response('none', { status: 404 })],
    [401, 'authentication or a CSRF check', () => new Response('who', { status: 401 })],
    [302, 'senders do not follow', () => Response.redirect('https://example.com/login', 302)],
    [415, 'body parser', () => new Response('type', { status: 415 })],
    [500, 'a failure of its own', () => new Response('broken', { status: 500 })],
  ])(
    'ends where a genuine delivery is answered %i, since an endpoint that refuses all holds nothing',
    async (status, meaning, answer) => {
      const report = await runWebhookContract({ ...plain, target: answer });
      expect(sayingOf(report)).toEqual([`genuine: Expected 2xx, found ${status}. Expected 1 effects, found 0.`]);
      expect(report.results[0]?.meaning).toContain(meaning);
      expect(report).toMatchObject({ holds: 0, fallShort: 1, notChecked: 22, leftOut: 0 });
      expect(report.results[1]?.detail).toContain(`not accepted (${status})`);
    },
  );

  it('goes on where a runner repeats the first case and it is accepted then', async () => {
    const cases: (() => unknown)[] = [];
    const runner = {
      describe: (_: string, body: () => void) => body(),
      it: (_: string, run: () => unknown) => void cases.push(run),
    };
    let answers = 0;
    const serve = fetchHandler(ours.receiver, ours.handle);
    const target = (request: Request) =>
      answers++ === 0 ? new Response('not yet', { status: 503 }) : (serve(request) as Promise<Response>);
    webhookContract({ provider: stripe, secret, target, runner: runner as never });
    const [genuine, next] = cases;
    await expect(genuine?.()).rejects.toThrow('found 503');
    await expect(next?.()).rejects.toThrow('not accepted (503)');
    await genuine?.();
    await next?.();
  });

  it('tells an endpoint that runs an event twice from one that counts none, and neither for a wrong secret', async () => {
    const runs = (count: number) => {
      const { receiver, handle, effects: counting } = counted(stripe, { secrets: secret });
      return runWebhookContract({
        provider: stripe,
        secret,
        target: fetchHandler(receiver, handle),
        effects: (id) => counting(id) * count,
      });
    };
    const twice = (await runs(2)).results[0];
    expect(twice).toMatchObject({ verdict: 'falls_short', detail: 'Expected 1 effects, found 2.' });
    expect(twice?.meaning).toMatch(/^The event took effect 2 times\..*check the handler/);
    expect((await runs(0)).results[0]?.meaning).toContain('count by the id of the event');
  });

  const check = (faults: Faults) => {
    const { app, ...rest } = handwrittenEndpoint(secret, faults);
    return runWebhookContract({ provider: stripe, secret, target: app, path: '/hook', ...rest });
  };

  it('is held by a careful endpoint by hand', async () => {
    const report = await check({});
    expect(sayingOf(report)).toEqual([]);
    expect(idsOf(report, 'left_out')).toEqual(['rotated_secret']);
  });

  it.each(brokenEndpoints)('says exactly what is wrong with an endpoint that %s', async (_, faults, ids, meaning) => {
    const report = await check(faults);
    expect(idsOf(report, 'falls_short')).toEqual(ids);
    expect(report.results.flatMap((result) => result.meaning ?? []).join(' ')).toMatch(meaning);
  });

  it('says of no endpoint that it deduplicates whose effects nobody counts', async () => {
    const forgetful = createReceiver({ provider: stripe, secrets: secret, onOutcome: () => undefined });
    let runs = 0;
    const target = fetchHandler(forgetful, () => void runs++);
    const report = await runWebhookContract({ provider: stripe, secret, target });
    expect(runs).toBeGreaterThan(15);
    expect(sayingOf(report)).toEqual([]);
    expect(idsOf(report, 'not_checked')).toEqual(['replay', 'duplicate', 'duplicates_at_once']);
    expect(report.notChecked).toBe(3);
  });

  it('shows cases that are not tried as skipped, and none of them as passed', async () => {
    const declared: [kind: string, name: string][] = [];
    const it = Object.assign((name: string) => void declared.push(['test', name]), {
      skip: (name: string) => void declared.push(['skipped', name]),
    });
    const runner = { describe: (_: string, body: () => void) => body(), it };
    webhookContract({ provider: stripe, secret, target: () => new Response(), runner });
    const skipped = declared.filter(([kind]) => kind === 'skipped').map(([, name]) => name);
    expect(skipped.filter((name) => name.includes('(left out: '))).toHaveLength(3);
    expect(skipped.filter((name) => name.includes('(not checked: '))).toHaveLength(3);
    const tests = declared.filter(([kind]) => kind === 'test').map(([, name]) => name);
    expect(tests).toHaveLength(20);
    expect(tests.filter((name) => /left out|not checked/.test(name))).toEqual([]);
    expect(tests.filter((name) => name.startsWith('the answers are right where '))).toHaveLength(3);
  });

  describe('says nothing that an earlier answer makes untrue:', () => {
    const meaningOf = (report: ContractReport, id: string) =>
      report.results.find((result) => result.id === id)?.meaning;
    const serving = (handle: (event: WebhookEvent) => unknown, others: object = {}) =>
      fetchHandler(
        createReceiver({ provider: stripe, secrets: secret, onOutcome: () => undefined, ...others }),
        handle as never,
      );
    const count = () => {
      const done: string[] = [];
      const add = (id: string | undefined) => void done.push(id ?? '');
      return { add, effects: (id: string) => done.filter((one) => one === id).length };
    };

    it('no header and no race is to blame where nothing is remembered', async () => {
      const report = await check({ forgets: true });
      expect(meaningOf(report, 'repeated_header')).toMatch(/header is not the cause. Remember the ids/);
      expect(meaningOf(report, 'duplicates_at_once')).toMatch(/each copy, as it does if they come one by one/);
      expect(meaningOf(report, 'duplicates_at_once')).not.toMatch(/two steps/);
    });

    it('a header is to blame where the event is handled for each of its lines', async () => {
      const { add, effects } = count();
      const target = async (request: Request) => {
        const { id } = (await request.json()) as { id: string };
        for (const _ of request.headers.get('stripe-signature')?.split(', ') ?? []) add(id);
        return new Response();
      };
      const report = await runWebhookContract({ provider: stripe, secret, target, effects });
      expect(meaningOf(report, 'repeated_header')).toMatch(/handles the event for each line/);
    });

    it('an endpoint that checks no signature is told so once, in reports and in a test runner', async () => {
      const target = () => new Response();
      const report = await runWebhookContract({ provider: stripe, secret, target });
      const unsigned = ['wrong_secret', 'missing_signature', 'empty_body', 'non_utf8_body', 'tampered_body'];
      const garbled = ['tampered_signature', 'malformed_signature', 'short_signature', 'stale', 'future'];
      const oversize = 'oversize';
      expect(idsOf(report, 'falls_short').toSorted()).toEqual([...unsigned, ...garbled, oversize].toSorted());
      const explained = report.results.filter(({ meaning }) => meaning !== undefined).map(({ id }) => id);
      expect(explained).toEqual(['wrong_secret', 'missing_signature', oversize]);
      expect(meaningOf(report, 'missing_signature')).toMatch(/^The endpoint checks no signature at all/);
      expect(sayingOf(report).join(' ')).toContain('Signed 420 s ago: expected 4xx, found 200. Signed 2592300 s ago: ');
      expect(sayingOf(report).join(' ')).toContain('Signed for 420 s ahead: expected 4xx, found 200.');
      expect(sayingOf(report).join(' ')).toContain('With a comma: expected 4xx, found 200.');
      const cases: (() => Promise<void>)[] = [];
      const runner = {
        describe: (_: string, body: () => void) => body(),
        it: (_: string, run: () => Promise<void>) => void cases.push(run),
      };
      webhookContract({ provider: stripe, secret, target, runner });
      const thrown: string[] = [];
      for (const run of cases) await run().catch(({ message }: Error) => thrown.push(message));
      expect(thrown.filter((message) => message.includes('no signature at all'))).toHaveLength(1);
      expect(thrown.join(' ')).not.toMatch(/undefined|timingSafeEqual|compared whole|replay window/);
    });

    it('nothing throws where a header that is no signature, or half of one, is accepted', async () => {
      const serve = serving(() => undefined);
      const target = (request: Request) => {
        const header = request.headers.get('stripe-signature');
        const isWhole = header === null || /v1=[0-9a-f]{64}(?:,|$)/.test(header);
        return isWhole ? serve(request) : new Response();
      };
      const report = await runWebhookContract({ provider: stripe, secret, target: target as never });
      expect(idsOf(report, 'falls_short')).toEqual(['malformed_signature', 'short_signature']);
      expect(meaningOf(report, 'malformed_signature')).toMatch(
        /^The endpoint accepts a header without a valid signature/,
      );
      expect(meaningOf(report, 'short_signature')).toMatch(/^The endpoint accepts a part of the signature/);
    });

    it('nothing is handled twice where no effect is counted at all, and that is said once', async () => {
      const target = serving(() => undefined, { dedupe: memoryStore() });
      const options = { provider: stripe, secret, target, effects: () => 0, failing: () => undefined };
      const report = await runWebhookContract(options);
      expect(report.fallShort).toBeGreaterThan(5);
      expect(
        report.results.filter(({ meaning }) => meaning?.includes('no effect of the handler is counted')),
      ).toHaveLength(1);
      expect(meaningOf(report, 'replay')).toBeUndefined();
    });

    it.each<[what: string, run: () => WebhookContractOptions, meaning: RegExp]>([
      [
        'was not made to fail, with dedupe',
        () => {
          const { add, effects } = count();
          const target = serving(({ id }) => add(id), { dedupe: memoryStore() });
          return { provider: stripe, secret, target, effects, failing: () => undefined };
        },
        /^The handler was not made to fail/,
      ],
      [
        'was not made to fail, without dedupe',
        () => {
          const { add, effects } = count();
          return { provider: stripe, secret, target: serving(({ id }) => add(id)), effects, failing: () => undefined };
        },
        /^The handler was not made to fail/,
      ],
      [
        'was not made to fail, or lost, where nobody counts',
        () => ({ provider: stripe, secret, target: serving(() => undefined), failing: () => undefined }),
        /or the handler was not made to fail\.$/,
      ],
      [
        'failed after it had taken effect',
        () => {
          const { add, effects } = count();
          let isFailing = false;
          const failing = (isOn: boolean) => {
            isFailing = isOn;
          };
          const target = serving(({ id }) => {
            add(id);
            if (isFailing) throw new Error('on demand');
          });
          return { provider: stripe, secret, target, effects, failing };
        },
        /took effect before it failed/,
      ],
      [
        'took effect twice at its retry',
        () => {
          const { add, effects } = count();
          const failed = new Set<unknown>();
          let isFailing = false;
          const failing = (isOn: boolean) => {
            isFailing = isOn;
          };
          const target = serving(({ id }) => {
            if (failed.has(id)) add(id);
            if (!isFailing) return add(id);
            failed.add(id);
            throw new Error('on demand');
          });
          return { provider: stripe, secret, target, effects, failing };
        },
        /its retry was handled twice/,
      ],
      [
        'was acknowledged before it failed',
        () => {
          const { app, ...rest } = handwrittenEndpoint(secret, { answersFirst: true });
          return { provider: stripe, secret, target: app, path: '/hook', ...rest };
        },
        /^The endpoint acknowledges an event before the handler has done its work/,
      ],
    ])('a failure loses no event whose handler %s', async (_, run, meaning) => {
      expect(meaningOf(await runWebhookContract(run()), 'retry_after_failure')).toMatch(meaning);
    });

    it('a handler that took effect at once did not hang', async () => {
      const { add, effects } = count();
      const target = serving(({ id }) => add(id));
      const report = await runWebhookContract({ provider: stripe, secret, target, effects, hanging: () => undefined });
      expect(meaningOf(report, 'hanging_handler')).toMatch(/either the handler was not made to hang/);
    });
  });

  it('tells a handler that fails on the test event from a signature that is refused', async () => {
    const receiver = createReceiver({ provider: stripe, secrets: secret, onOutcome: () => undefined });
    const target = fetchHandler(
      receiver,
      (event) => void (event.payload as { data: { object: { lines: [] } } }).data.object.lines.length,
    );
    const report = await runWebhookContract({ provider: stripe, secret, target });
    const genuine = report.results.find(({ id }) => id === 'genuine');
    expect(genuine?.meaning).toMatch(/failure of its own.*see its log/);
    const refused = await runWebhookContract({
      provider: stripe,
      secret,
      target: () => new Response('', { status: 401 }),
    });
    expect(refused.results.find(({ id }) => id === 'genuine')?.meaning).toMatch(/does not verify/);
  });

  it('finds out an endpoint that acknowledges everything and does nothing, by its effects', async () => {
    const target = () => new Response();
    const blind = await runWebhookContract({ provider: stripe, secret, target });
    expect(idsOf(blind, 'falls_short')).toContain('tampered_body');
    const seen = await runWebhookContract({ provider: stripe, secret, target, effects: () => 0 });
    expect(idsOf(seen, 'falls_short')).toContain('genuine');
  });

  it('takes another answer for right, or leaves a case out, where it is told so', async () => {
    const { app, ...rest } = handwrittenEndpoint(secret, { hasNoWindow: true });
    const options = { provider: stripe, secret, target: app, path: '/hook', ...rest };
    const report = await runWebhookContract({
      ...options,
      expect: { stale: 'accepted', future: { leftOut: 'clocks are not synchronised here' }, empty_body: 401 },
    });
    // The effects of a stale delivery still count.
    expect(sayingOf(report)).toEqual([expect.stringMatching(/^stale: Expected 0 effects, found 1/)]);
    expect(report.results.find(({ id }) => id === 'future')).toMatchObject({
      verdict: 'left_out',
      detail: 'clocks are not synchronised here',
    });
    await expect(runWebhookContract({ ...options, expect: { stail: 200 } as never })).rejects.toThrow(
      /At webhookContract\(\) expect\. There is no case stail\. The cases are genuine, .*, alive\.$/,
    );
  });

  it('reports an endpoint that cannot be reached, or never ends its answer, case by case', async () => {
    const gone = await runWebhookContract({ provider: stripe, secret, target: 'http://127.0.0.1:1/' });
    expect(gone.results[0]).toMatchObject({ verdict: 'falls_short', detail: expect.stringMatching(/ECONNREFUSED/) });
    const endless = createServer((_, response) => {
      response.on('error', () => undefined);
      const write = () => !response.destroyed && response.write('x'.repeat(65_536), write);
      write();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const report = await runWebhookContract({ provider: stripe, secret, target, timeoutSeconds: 2 });
    expect(idsOf(report, 'falls_short')).toContain('tampered_body');
    endless.closeAllConnections();
    endless.close();
    let written = 0;
    const flood = () => {
      const pull = (controller: ReadableStreamDefaultController) => {
        written += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      };
      return new Response(new ReadableStream({ pull }));
    };
    const flooded = await runWebhookContract({ provider: stripe, secret, target: flood, timeoutSeconds: 2 });
    expect(idsOf(flooded, 'falls_short')).toContain('tampered_body');
    // Some fifty answers of little more than one MiB.
    expect(written).toBeLessThan(200_000_000);
  });

  it('says what it lacks', async () => {
    const options = { provider: stripe, secret, target: 'nowhere' } satisfies WebhookContractOptions;
    await expect(runWebhookContract(options)).rejects.toThrow(/http or https URL/);
    await expect(runWebhookContract({ ...options, target: {} as never })).rejects.toThrow(/fetch handler/);
    await expect(runWebhookContract({ ...options, provider: undefined as never })).rejects.toThrow(/provider/);
    expect(() => webhookContract(options)).toThrow(/runner/);
  });
});
