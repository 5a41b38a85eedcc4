/** Handlers in handler form that answer by the response itself, which they have at hand, before the deadline or after it. */

import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { createReceiver, defineProvider, memoryStore, type Outcome, rawBodyHmac } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeHandler, nodeMiddleware, noteFailure } from '../src/node/node.ts';

const secret = '0123456789abcdef0123456789abcdef';
const body = '{"id":"evt_1"}';
const signature = createHmac('sha256', secret).update(body).digest('hex');
const provider = defineProvider({ name: 'node', scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });

/** A promise that is not the engine's own, as Bluebird's and Q's. */
function foreignPromise<Value>(work: Promise<Value>): PromiseLike<Value> {
  // biome-ignore lint/suspicious/noThenProperty: that is what makes it one
  return { then: (...given) => work.then(...given) };
}

const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));

async function withServer(listener: Parameters<typeof createServer>[1], run: (url: string) => Promise<void>) {
  const server = createServer(listener as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const post = async (url: string) =>
  (await fetch(url, { method: 'POST', body, headers: { 'x-sig': signature } })).status;

describe('a handler with the response at hand', () => {
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(() => vi.restoreAllMocks());

  it.each<[string, number, number, (response: ServerResponse) => void]>([
    ['500 by status and end', 2, 200, (response) => void Object.assign(response, { statusCode: 500 }).end()],
    ['500 by writeHead', 2, 200, (response) => void response.writeHead(500).end()],
    ['404', 2, 200, (response) => void response.writeHead(404).end()],
    ['201', 1, 201, (response) => void response.writeHead(201).end()],
    ['nothing', 1, 200, () => undefined],
  ])('says %s after the deadline, and runs %i times', async (_, runs, retried, answer) => {
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      handlerTimeoutSeconds: 0.05,
      onWarning: () => undefined,
    });
    let ran = 0;
    await withServer(
      (request, response) =>
        nodeHandler(receiver, async () => {
          if (++ran > 1) return;
          await later(150);
          answer(response);
        })(request as never, response),
      async (url) => {
        expect(await post(url)).toBe(500);
        await later(250);
        // The answer to a duplicate is the first one, here what the handler has said into nothing.
        expect(await post(url)).toBe(retried);
        expect(ran).toBe(runs);
      },
    );
  });

  it('is taken at its word where its promise is one of a library', async () => {
    const receiver = createReceiver({ provider, secrets: secret, dedupe: memoryStore(), onWarning: () => undefined });
    let ran = 0;
    await withServer(
      (request, response) =>
        nodeHandler(receiver, (() =>
          foreignPromise(
            (async () => {
              await later(5);
              if (++ran === 1) response.writeHead(500).end();
            })(),
          )) as never)(request as never, response),
      async (url) => {
        expect([await post(url), await post(url), ran]).toEqual([500, 200, 2]);
      },
    );
  });
});

describe('an app behind middleware that answers after the deadline by a stream', () => {
  it.each<[string, string, number, (response: ServerResponse) => void]>([
    ['pipe()', 'runs once', 1, (response) => void Readable.from(['late']).pipe(response)],
    ['pipeline()', 'runs once', 1, (response) => pipeline(Readable.from(['late']), response, () => undefined)],
    [
      'pipe() under status 500',
      'runs again',
      2,
      (response) => void Readable.from(['late']).pipe(Object.assign(response, { statusCode: 500 })),
    ],
    [
      'pipeline() of a stream that fails',
      'runs again',
      2,
      (response) =>
        pipeline(
          Readable.from(
            (function* () {
              yield 'begun';
              throw new Error('broken');
            })(),
          ),
          response,
          () => undefined,
        ),
    ],
  ])('%s %s', async (_, __, runs, answer) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      handlerTimeoutSeconds: 0.05,
      onWarning: () => undefined,
    });
    const verify = nodeMiddleware(receiver);
    let ran = 0;
    await withServer(
      (request, response) =>
        verify(request as never, response, () => {
          if (++ran > 1) response.end();
          else setTimeout(() => answer(response), 150);
        }),
      async (url) => {
        expect(await post(url)).toBe(500);
        await later(300);
        expect(await post(url)).toBe(200);
        expect(ran).toBe(runs);
      },
    );
    vi.restoreAllMocks();
  });
});

describe('a handler that waits for the end of its late stream', () => {
  it.each([
    ['goes on when it has ended', false, ['went on']],
    ['hears that it failed', true, ['ERR_STREAM_PREMATURE_CLOSE or its own']],
  ])('%s, and a log that has counted the response does not count it again', async (_, isBroken, expected) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      handlerTimeoutSeconds: 0.05,
      onWarning: () => undefined,
    });
    const heard: string[] = [];
    const counted = { finish: 0, close: 0 };
    let ran = 0;
    const source = function* () {
      yield 'late';
      if (isBroken) throw new Error('broken');
    };
    await withServer(
      (request, response) => {
        if (ran === 0) for (const name of ['finish', 'close'] as const) response.on(name, () => counted[name]++);
        return nodeHandler(receiver, async () => {
          if (++ran > 1) return;
          await later(150);
          await finished(Readable.from(source()), response).then(
            () => heard.push('went on'),
            () => heard.push('ERR_STREAM_PREMATURE_CLOSE or its own'),
          );
          if (isBroken) throw new Error('broken');
        })(request as never, response);
      },
      async (url) => {
        expect(await post(url)).toBe(500);
        await later(350);
        expect(await post(url)).toBe(200);
      },
    );
    expect(heard).toEqual(expected);
    expect(counted).toEqual({ finish: 1, close: 1 });
    expect(ran).toBe(isBroken ? 2 : 1);
    vi.restoreAllMocks();
  });
});

describe('an exception that an adapter notes', () => {
  it('is the cause of the failure', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const outcomes: Outcome[] = [];
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
      onWarning: () => undefined,
    });
    const verify = nodeMiddleware(receiver);
    const thrown = new Error('the database is away');
    await withServer(
      (request, response) =>
        verify(request as never, response, () => {
          noteFailure(request, thrown);
          response.writeHead(500).end();
        }),
      async (url) => expect(await post(url)).toBe(500),
    );
    expect(outcomes).toMatchObject([{ kind: 'failed', cause: thrown, response: { status: 500 } }]);
    vi.restoreAllMocks();
  });
});

describe('code behind the middleware that is an async function', () => {
  afterEach(() => vi.restoreAllMocks());
  const setUp = () => {
    const outcomes: Outcome[] = [];
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      onWarning: () => undefined,
      onOutcome: (outcome) => void outcomes.push(outcome),
    });
    return { verify: nodeMiddleware(receiver), outcomes, print };
  };

  it('fails of its rejection at once, and the process lives on', async () => {
    const { verify, outcomes } = setUp();
    const error = new Error('database is down');
    const behind = async () => {
      await later(5);
      throw error;
    };
    await withServer(
      (request, response) => verify(request, response, () => foreignPromise(behind()) as never),
      async (url) => {
        expect(await post(url)).toBe(500);
        expect(await post(url)).toBe(500);
      },
    );
    expect(outcomes).toMatchObject([
      { kind: 'failed', cause: error },
      { kind: 'failed', cause: error },
    ]);
  });

  it('has responded, and what it rejects with afterwards is printed', async () => {
    const { verify, outcomes, print } = setUp();
    const error = new Error('audit log is down');
    print.mockImplementationOnce(() => {
      throw new Error('no printer');
    });
    await withServer(
      (request, response) =>
        verify(request, response, async () => {
          response.end('ok');
          await later(5);
          throw error;
        }),
      async (url) => {
        expect(await post(url)).toBe(200);
        await vi.waitFor(() => expect(print).toHaveBeenCalledTimes(2));
        expect(print.mock.calls).toEqual([
          [expect.stringContaining('after it had responded'), error],
          [expect.stringContaining('cannot be printed')],
        ]);
      },
    );
    expect(outcomes).toMatchObject([{ kind: 'handled' }]);
  });
});

describe('an app whose failure goes to the dead letter', () => {
  it('leaves the sender with 200, whatever it has answered', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const buried: unknown[] = [];
    const receiver = createReceiver({
      provider: { ...provider, retries: { retriedOn: [] } },
      secrets: secret,
      dedupe: { store: memoryStore() },
      deadLetter: { afterAttempts: 9, handle: (_event, info) => void buried.push(info) },
      onWarning: () => undefined,
    });
    const verify = nodeMiddleware(receiver);
    await withServer(
      (request, response) => verify(request as never, response, () => void response.writeHead(503).end('away')),
      async (url) => {
        expect([await post(url), buried.length]).toEqual([200, 1]);
        // The sender's resend of an event that was given up runs once more.
        expect([await post(url), buried.length]).toEqual([200, 2]);
      },
    );
    vi.restoreAllMocks();
  });
});

describe('over HTTP/2', () => {
  it('records what the app says after its deadline, also where the sender has reset its stream', async () => {
    const receiver = createReceiver({
      provider,
      secrets: secret,
      dedupe: memoryStore(),
      handlerTimeoutSeconds: 0.1,
      onWarning: () => undefined,
      onOutcome: () => undefined,
    });
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let runs = 0;
    const verify = nodeMiddleware(receiver);
    const server = createHttp2Server((request, response) =>
      verify(request as never, response as never, () => {
        runs++;
        setTimeout(() => response.writeHead(200).end('done'), 300);
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const send = (givesUp: boolean) =>
      new Promise<number>((resolve) => {
        const stream = client.request({ ':method': 'POST', 'x-sig': signature });
        stream.on('error', () => resolve(0)).on('close', () => resolve(0));
        stream.on('response', (fields) => resolve(Number(fields[':status'])));
        stream.end(body);
        if (givesUp) setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 40);
      });
    await send(true);
    await later(500);
    expect(await send(false)).toBe(200);
    expect(runs).toBe(1);
    client.close();
    server.close();
    print.mockRestore();
  });
});
