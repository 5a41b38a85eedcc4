/** Spans and metrics of real deliveries over Express, as a backend would get them. */

import type { AddressInfo } from 'node:net';
import { createReceiver, memoryStore, type ReceiverPolicy, type SecretInput, secretsByTenant } from '@countersign/core';
import { webhook } from '@countersign/express';
import { type OpenTelemetryOptions, openTelemetry } from '@countersign/otel';
import { github } from '@countersign/providers/github';
import { signDelivery } from '@countersign/testing';
import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generation, startSdk } from './sdk.ts';

const secret = 'a-secret-of-this-test-0123456789';
const wanted = process.env.COUNTERSIGN_OTEL_SDK ?? '3';
const foreignTrace = '4bf92f3577b34da6a3ce929d0e0e4736';

let sdk: Awaited<ReturnType<typeof startSdk>>;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  sdk = await startSdk();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await sdk.end();
  vi.restoreAllMocks();
});

/** An app with an HTTP span around each request, as an instrumentation of HTTP makes it. */
async function startApp(
  handle: Parameters<typeof webhook>[1],
  options: OpenTelemetryOptions = {},
  policy: Partial<ReceiverPolicy<typeof github> & { readonly secrets: SecretInput }> = {},
) {
  const { tracerProvider, meterProvider } = sdk;
  const receiver = createReceiver({
    provider: github,
    secrets: secret,
    dedupe: memoryStore(),
    observe: openTelemetry({ tracerProvider, meterProvider, ...options }),
    ...policy,
  });
  const http = tracerProvider.getTracer('http');
  const app = express();
  app.use((_request, response, next) =>
    http.startActiveSpan('POST /webhooks', { kind: SpanKind.SERVER }, (span) => {
      response.on('finish', () => span.end());
      next();
    }),
  );
  app.post('/webhooks', webhook(receiver, handle as never));
  const server = app.listen(0, '127.0.0.1');
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return async (given: { id?: string; key?: string; headers?: Record<string, string> } = {}) => {
    const { headers, body, method } = await signDelivery(github, {
      secret: given.key ?? secret,
      id: given.id ?? 'e3b0c442',
      type: 'push',
      payload: { ref: 'refs/heads/private-branch' },
    });
    const response = await fetch(`http://127.0.0.1:${port}/webhooks`, {
      method,
      headers: { ...headers, ...given.headers },
      body: body as Uint8Array<ArrayBuffer>,
    });
    return response.status;
  };
}

const spanNamed = async (name: string) => {
  await vi.waitFor(() => expect(sdk.spans().map((span) => span.name)).toContain('POST /webhooks'));
  return sdk.spans().filter((span) => span.name === name);
};
const lineOf = (lines: readonly string[], name: string, ...parts: string[]) =>
  lines.find((line) => line.startsWith(`${name}{`) && parts.every((part) => line.includes(part)));

it(`runs with the SDK of generation ${wanted}`, () => {
  expect(String(generation)).toBe(wanted);
});

describe('the span of an event', () => {
  it('is a consumer below the request, above what the handler does, and linked to the sender', async () => {
    const send = await startApp(async () => {
      const inner = sdk.tracerProvider.getTracer('database').startSpan('INSERT');
      await new Promise((resolve) => setTimeout(resolve, 20));
      inner.end();
    });
    expect(await send({ headers: { traceparent: `00-${foreignTrace}-00f067aa0ba902b7-01` } })).toBe(200);
    const [http] = await spanNamed('POST /webhooks');
    const [event] = await spanNamed('process github');
    const [insert] = await spanNamed('INSERT');
    expect(event?.kind).toBe(SpanKind.CONSUMER);
    expect(event?.parentSpanContext?.spanId).toBe(http?.spanContext().spanId);
    expect(insert?.parentSpanContext?.spanId).toBe(event?.spanContext().spanId);
    expect(event?.links.map((link) => link.context)).toMatchObject([
      { traceId: foreignTrace, spanId: '00f067aa0ba902b7' },
    ]);
    expect(event?.attributes).toEqual({
      'messaging.system': 'webhook',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'github',
      'countersign.provider': 'github',
      'countersign.outcome': 'handled',
      'countersign.event.type': 'push',
      'countersign.attempt': 1,
      'countersign.secret.id': expect.any(String),
      'http.response.status_code': 200,
    });
    expect(event?.duration[1]).toBeGreaterThan(15_000_000);
    expect(event?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('is not linked to the trace that it is part of, nor to nonsense', async () => {
    const send = await startApp(() => undefined);
    await send({ id: 'a', headers: { traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01' } });
    await send({ id: 'b', headers: { traceparent: 'nonsense' } });
    const events = await spanNamed('process github');
    expect(events.map(({ links }) => links)).toEqual([[], []]);
    expect(propagation.fields()).toEqual([]);
  });

  it('of a failure has the name of the error, and its words only if they are asked for', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const handle = () => {
      throw new RangeError('refs/heads/private-branch is unknown');
    };
    expect(await (await startApp(handle))()).toBe(500);
    expect(await (await startApp(handle, { exceptions: true, ids: true, tenants: true }))()).toBe(500);
    const [plain, asked] = await spanNamed('process github');
    expect(plain?.attributes).toMatchObject({ 'error.type': 'RangeError', 'countersign.outcome': 'failed' });
    expect(plain?.status.code).toBe(SpanStatusCode.ERROR);
    expect(JSON.stringify([plain?.attributes, plain?.events])).not.toMatch(/private|e3b0c442/);
    expect(JSON.stringify(asked?.events)).toContain('private-branch is unknown');
    expect(asked?.attributes['messaging.message.id']).toBe('e3b0c442');
  });

  it('exists for a duplicate too; a forgery is a remark at the span of the request', async () => {
    const send = await startApp(() => undefined);
    await send();
    expect(await send()).toBe(200);
    expect(await send({ key: 'another-secret-0123456789-abcdef' })).toBe(401);
    const events = await spanNamed('process github');
    expect(events.map(({ attributes }) => attributes['countersign.outcome'])).toEqual(['handled', 'duplicate']);
    const https = await spanNamed('POST /webhooks');
    expect(https.at(-1)?.events).toMatchObject([
      { name: 'countersign.outcome', attributes: { 'error.type': 'signature_mismatch' } },
    ]);
  });

  it('ends once for a handler that ends after its deadline', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let isDone = false;
    const send = await startApp(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        isDone = true;
      },
      {},
      { handlerTimeoutSeconds: 0.05 },
    );
    expect(await send()).toBe(500);
    await vi.waitFor(() => expect(isDone).toBe(true));
    await vi.waitFor(async () =>
      expect(
        lineOf(await sdk.scrape(), 'countersign_events_total', 'countersign_late="true"', 'outcome="handled"'),
      ).toMatch(/ 1$/),
    );
    expect((await spanNamed('process github')).map(({ attributes }) => attributes['error.type'])).toEqual([
      'TimeoutError',
    ]);
  });
});

describe('the metrics', () => {
  it('are scraped from Prometheus: outcomes, refusals by code, durations, the secret that matched', async () => {
    const send = await startApp(() => undefined, {}, { dedupe: { store: memoryStore(), namespace: 'repositories' } });
    for (const id of ['a', 'b', 'a']) await send({ id });
    await send({ key: 'another-secret-0123456789-abcdef' });
    const lines = await sdk.scrape();
    const at = 'messaging_destination_name="repositories"';
    const events = (...parts: string[]) => lineOf(lines, 'countersign_events_total', at, ...parts);
    expect(events('outcome="handled"', 'status_code="200"')).toMatch(/ 2$/);
    expect(events('outcome="duplicate"')).toMatch(/ 1$/);
    expect(events('outcome="rejected"', 'error_type="signature_mismatch"', 'status_code="401"')).toMatch(/ 1$/);
    expect(lineOf(lines, 'messaging_process_duration_count', at)).toMatch(/ 2$/);
    expect(lineOf(lines, 'countersign_stage_duration_count', 'stage="claim"')).toMatch(/ 3$/);
    expect(lineOf(lines, 'countersign_stage_duration_count', 'stage="total"')).toMatch(/ 4$/);
    expect(lineOf(lines, 'countersign_secret_matches_total', 'countersign_secret_id=')).toMatch(/ 3$/);
    expect(lines.join('\n')).not.toMatch(/private-branch|e3b0c442|tenant/);
  });

  it('have a bounded number of values, and tenants only if they are asked for', async () => {
    const names = ['t1', 't2', 't3', 't4'];
    const secrets = secretsByTenant(Object.fromEntries(names.map((name) => [name, `${secret}-${name}`])), (delivery) =>
      delivery.header('x-tenant'),
    );
    const send = await startApp(
      () => undefined,
      { tenants: true, maxValues: 2 },
      { secrets, onWarning: () => undefined },
    );
    for (const name of names)
      expect(await send({ id: name, key: `${secret}-${name}`, headers: { 'x-tenant': name } })).toBe(200);
    const lines = (await sdk.scrape()).filter((line) => line.startsWith('countersign_events_total'));
    const tenants = lines.map((line) => /countersign_tenant="(\w+)"/.exec(line)?.[1]);
    expect(tenants.toSorted()).toEqual(['_OTHER', 't1', 't2']);
  });
});

it('without any SDK, an observed receiver works and the API makes nothing', async () => {
  await sdk.end();
  const receiver = createReceiver({ provider: github, secrets: secret, observe: openTelemetry() });
  const delivery = await signDelivery(github, { secret, type: 'push' });
  let spanId: string | undefined;
  const outcome = await receiver.receive(delivery, () => {
    spanId = trace.getSpanContext(context.active())?.spanId;
  });
  expect([outcome.kind, spanId, sdk.spans().length]).toEqual(['handled', undefined, 0]);
});

it('counts and traces for an SDK that is registered after the receiver was built', async () => {
  const receiver = createReceiver({ provider: github, secrets: secret, observe: openTelemetry() });
  trace.setGlobalTracerProvider(sdk.tracerProvider);
  metrics.setGlobalMeterProvider(sdk.meterProvider);
  try {
    await receiver.receive(await signDelivery(github, { secret, type: 'push' }), () => undefined);
  } finally {
    trace.disable();
    metrics.disable();
  }
  expect(sdk.spans().map(({ name }) => name)).toEqual(['process github']);
  expect(lineOf(await sdk.scrape(), 'countersign_events_total', 'outcome="handled"')).toMatch(/ 1$/);
});

it.each([0, 1.5, Number.NaN])('refuses a limit of %s values', (maxValues) => {
  expect(() => openTelemetry({ maxValues })).toThrow(/maxValues/);
});
