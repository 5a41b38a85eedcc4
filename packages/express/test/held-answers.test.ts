/** What an app may do with its response behind the middleware, while the answer is held. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DedupeStore, memoryStore, type StoreMethods } from '@countersign/core';
import { noteFailure, webhook, webhookMiddleware } from '@countersign/express';
import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeAll, frameworks, later, post, R, receiverOf, serve, signedR } from './server.ts';

const body = '{"id":"evt_1"}';
const trouble = vi.fn();
afterEach(() => {
  closeAll();
  expect(trouble).not.toHaveBeenCalled();
});
process.on('unhandledRejection', trouble).on('uncaughtExceptionMonitor', trouble);

/** A store whose answers can be watched and changed. */
function storeWith(changed: Partial<StoreMethods>): DedupeStore {
  return { ...memoryStore(), ...changed };
}

describe.each(frameworks)('an answer held by %s', (name, express) => {
  const behind = async (policy: Parameters<typeof receiverOf>[1], ...handlers: RequestHandler[]) => {
    const { receiver, outcomes, reasons } = receiverOf(R, policy);
    const app: Express = express();
    const before = handlers.length > 1 ? handlers.slice(0, -1) : [];
    app.post('/hook', ...before, webhookMiddleware(receiver) as RequestHandler, handlers.at(-1) as RequestHandler);
    app.use(((error: Error, _request, response, next) =>
      response.headersSent
        ? next(error)
        : void response.status(500).json({ mine: error.message })) as ErrorRequestHandler);
    const { url } = await serve(app);
    return { send: (content = body) => post(`${url}/hook`, content, signedR(content)), outcomes, reasons };
  };

  it('fails of the error that an error handler of the app passes on', async () => {
    const { receiver, outcomes } = receiverOf(R, { dedupe: memoryStore() });
    const app: Express = express();
    app.post('/hook', webhookMiddleware(receiver) as RequestHandler, () => {
      throw new Error('no stock');
    });
    app.use(((error, request, _response, next) => {
      noteFailure(request, error);
      next(error);
    }) as ErrorRequestHandler);
    app.use(((_error, _request, response, _next) => void response.status(503).end()) as ErrorRequestHandler);
    const { url } = await serve(app);
    expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(503);
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'failed', cause: new Error('no stock') })]);
  });

  it('does not reach the sender, nor any of its bytes, before the event is on record', async () => {
    let recordedAt = Number.POSITIVE_INFINITY;
    const store = memoryStore();
    const slow = storeWith({
      ...store,
      complete: async (...given) => {
        await later(200);
        recordedAt = performance.now();
        return store.complete(...given);
      },
      claim: store.claim,
    });
    const ways: ((response: Response) => void)[] = [
      (response) => void response.json({ ok: true }),
      (response) => void response.sendStatus(204),
      (response) => {
        response.flushHeaders();
        response.write('a');
        response.end('b');
      },
      (response) => void response.writeHead(202).end('c'),
      (response) => void Readable.from(['d', 'e']).pipe(response),
    ];
    const { send } = await behind({ dedupe: slow }, (request, response) =>
      ways[Number(request.webhook?.id)]?.(response),
    );
    for (const [way] of ways.entries()) {
      recordedAt = Number.POSITIVE_INFINITY;
      // fetch resolves with the head of the response, so this is when its first bytes came.
      const response = await send(`{"id":"${way}"}`);
      expect(performance.now(), `way ${way}`).toBeGreaterThanOrEqual(recordedAt);
      expect(response.ok).toBe(true);
      await response.text();
    }
  });

  it('cannot be changed by a second answer', async () => {
    const codes: unknown[] = [];
    const { send, reasons } = await behind({ dedupe: memoryStore() }, (_request, response) => {
      response.status(201).json({ first: true });
      try {
        response.status(500).json({ second: 'a longer body than that of the first answer' });
      } catch (error) {
        codes.push((error as { code?: string }).code, response.headersSent, response.writableEnded);
      }
    });
    const response = await send();
    expect([response.status, await response.json()]).toEqual([201, { first: true }]);
    expect(codes).toEqual(['ERR_HTTP_HEADERS_SENT', true, true]);
    expect(reasons()).toEqual(['handled']);
  });

  it('is what an error handler makes of an error that comes before any answer, and a failure', async () => {
    const release = vi.fn(async () => true);
    const { send, reasons } = await behind({ dedupe: storeWith({ release }) }, (_request, _response, next) =>
      next(new Error('passed on')),
    );
    const response = await send();
    expect([response.status, await response.json()]).toEqual([500, { mine: 'passed on' }]);
    expect(reasons()).toEqual(['failed']);
    expect(release).toHaveBeenCalledTimes(1);
  });

  // Express 4 leaves a rejected promise to the process.
  const itWithPromises = name === 'Express 5' ? it : () => undefined;
  itWithPromises('is a failure when an async handler throws', async () => {
    const { send, reasons } = await behind({ dedupe: memoryStore() }, async () => {
      await later(5);
      throw new Error('later');
    });
    expect((await send()).status).toBe(500);
    expect(reasons()).toEqual(['failed']);
  });

  it('leaves an event that was answered 4xx or 3xx to the next attempt', async () => {
    for (const status of [302, 404, 422]) {
      const statuses = [status, 200];
      const handle = vi.fn(
        (_request: unknown, response: Response) => void response.status(statuses.shift() as number).end(),
      );
      const { send, reasons } = await behind({ dedupe: memoryStore() }, handle as unknown as RequestHandler);
      const own = () => send(`{"id":"evt_${status}"}`);
      expect([(await own()).status, (await own()).status, (await own()).status]).toEqual([status, 200, 200]);
      expect(handle).toHaveBeenCalledTimes(2);
      expect(reasons()).toEqual(['failed', 'handled', 'duplicate']);
    }
  });

  it('is repeated whole to a duplicate', async () => {
    const { send } = await behind({ dedupe: memoryStore() }, (_request, response) => {
      response.status(202).type('text/plain').send('queued');
    });
    const shown = async () => {
      const response = await send();
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    const first = await shown();
    expect(first).toEqual([202, 'text/plain; charset=utf-8', 'queued']);
    expect(await shown()).toEqual(first);
  });

  it('has the status that the app gave it, before or after the deadline, and never that of the answer sent without it', async () => {
    const ways: Record<string, (response: Response) => Promise<void>> = {
      'status before, end after': async (response) => {
        response.status(500);
        await later(300);
        response.end();
      },
      'writeHead after': async (response) => {
        await later(300);
        response.writeHead(503).end();
      },
      'status after': async (response) => {
        await later(300);
        response.status(422).json({});
      },
      'destroyed after': async (response) => {
        await later(300);
        response.destroy();
      },
      success: async (response) => {
        await later(300);
        response.status(201).json({ done: true });
      },
    };
    for (const [name, way] of Object.entries(ways)) {
      let ended: Promise<void> = Promise.resolve();
      const handle = vi.fn((_request: unknown, response: Response) => {
        ended = way(response);
        return ended;
      });
      const { send, reasons } = await behind(
        { dedupe: memoryStore(), handlerTimeoutSeconds: 0.1 },
        handle as unknown as RequestHandler,
      );
      expect((await send()).status, name).toBe(500);
      await ended;
      // Now its end is recorded.
      await later(300);
      const second = await send();
      const isDone = name === 'success';
      expect([second.status, handle.mock.calls.length], name).toEqual(isDone ? [201, 1] : [500, 2]);
      if (isDone) expect(await second.json()).toEqual({ done: true });
      expect(reasons(), name).toEqual(['failed', isDone ? 'duplicate' : 'failed']);
    }
  });

  it('leaves the event at once when the app destroys it', async () => {
    let runs = 0;
    const { send, reasons } = await behind({ dedupe: memoryStore() }, (_request, response) => {
      if (runs++ === 0) response.destroy();
      else response.json({ ok: true });
    });
    await expect(send()).rejects.toThrow();
    expect((await send()).status).toBe(200);
    expect(reasons()).toEqual(['failed', 'handled']);
  });

  it('passes through streams, promises of a written chunk, and a callback at the end', async () => {
    const done: string[] = [];
    const { send } = await behind({}, async (request, response) => {
      if (request.webhook?.id === 'stream') {
        await pipeline(Readable.from([Buffer.from('one '), Buffer.from('two')]), response);
        done.push('pipeline');
        return;
      }
      const buffer = Buffer.from('abc');
      await new Promise((resolve) => response.write(buffer, resolve));
      buffer.fill('x');
      response.write('ZGVm', 'base64');
      response.end(() => done.push('end'));
    });
    expect(await (await send('{"id":"stream"}')).text()).toBe('one two');
    expect(await (await send('{"id":"callback"}')).text()).toBe('abcdef');
    await vi.waitFor(() => expect(done.sort()).toEqual(['end', 'pipeline']));
  });

  it('is refused beyond 1 MiB without harm to the process', async () => {
    const { send, outcomes } = await behind({ dedupe: memoryStore() }, (_request, response) => {
      Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(65_536))).pipe(response);
    });
    const response = await send();
    expect([response.status, await response.text()]).toEqual([500, '{"error":"internal_error"}']);
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'failed', cause: expect.objectContaining({ at: 'response' }) }),
    ]);
  });

  it('that comes after the deadline goes nowhere, hurts nobody, and completes the event', async () => {
    const complete = vi.fn(async () => true);
    const answers: RequestHandler[] = [
      async (_request, response) => {
        await later(250);
        response.json({ late: true });
      },
    ];
    const { send, reasons } = await behind(
      { dedupe: storeWith({ complete }), handlerTimeoutSeconds: 0.1 },
      answers[0] as RequestHandler,
    );
    const response = await send();
    expect([response.status, await response.text()]).toEqual([500, '{"error":"internal_error"}']);
    await vi.waitFor(() => expect(complete).toHaveBeenCalledTimes(1));
    expect(reasons()).toEqual(['failed']);
    expect((await send()).status).not.toBe(200);
  });

  it('goes the way of middleware that changes responses, before it and behind it', async () => {
    const marks: RequestHandler = (_request, response, next) => {
      const { end, writeHead } = response;
      response.writeHead = ((...given: Parameters<typeof writeHead>) => {
        response.setHeader('x-marked', 'yes');
        return writeHead.apply(response, given);
      }) as typeof writeHead;
      response.end = ((...given: Parameters<typeof end>) => {
        // As a session does that is saved first.
        setTimeout(() => end.apply(response, given), 20);
        return response;
      }) as typeof end;
      next();
    };
    const ok: RequestHandler = (_request, response) => void response.status(202).send('ok');
    for (const handlers of [
      [marks, ok],
      [((request, response, next) => marks(request, response, () => ok(request, response, next))) as RequestHandler],
    ]) {
      const { send } = await behind({ dedupe: memoryStore() }, ...handlers);
      const response = await send();
      expect([response.status, response.headers.get('x-marked'), await response.text()]).toEqual([202, 'yes', 'ok']);
    }
    const { send } = await behind({ dedupe: storeWith({ complete: async () => false }) }, marks, ok);
    const response = await send();
    expect([response.status, response.headers.get('x-marked'), await response.text()]).toEqual([
      500,
      'yes',
      '{"error":"internal_error"}',
    ]);
  });

  it.each<[string, (response: Response) => void]>([
    ["statusCode = '202'", (response) => void Object.assign(response, { statusCode: '202' }).end('ok')],
    ['statusCode = 202.7', (response) => void Object.assign(response, { statusCode: 202.7 }).end('ok')],
    ["writeHead('202')", (response) => void response.writeHead('202' as never).end('ok')],
    ['writeHead(202.7)', (response) => void response.writeHead(202.7).end('ok')],
  ])('has the status that Node makes of %s, and is not run again', async (_, respond) => {
    const run = vi.fn();
    const { send, reasons } = await behind({ dedupe: memoryStore() }, (_request, response) => {
      run();
      respond(response);
    });
    for (const isReplayed of [false, true]) {
      const response = await send();
      expect([response.status, response.headers.has('webhook-replayed')]).toEqual([202, isReplayed]);
    }
    expect(run).toHaveBeenCalledTimes(1);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('has a status that other middleware has set as text before', async () => {
    const before: RequestHandler = (_request, response, next) => {
      Object.assign(response, { statusCode: '202' });
      next();
    };
    const { send, reasons } = await behind({}, before, (_request, response) => void response.end('ok'));
    expect((await send()).status).toBe(202);
    expect(reasons()).toEqual(['handled']);
  });

  it('is left to the error handler after a chunk that cannot be sent', async () => {
    const { send } = await behind({}, (_request, response) => void response.end(new Uint16Array(2)));
    const response = await send();
    expect([response.status, await response.json()]).toEqual([500, { mine: expect.stringContaining('Uint8Array') }]);
  });

  it('keeps status text and fields given to writeHead in each of their forms', async () => {
    const forms = [{ 'x-a': '1' }, ['x-a', '1'], [['x-a', '1']]];
    const { send } = await behind({}, (request, response) => {
      response.writeHead(203, 'Fine', forms[Number(request.webhook?.id)] as never);
      response.end('ok');
    });
    for (const form of forms.keys()) {
      const response = await send(`{"id":"${form}"}`);
      expect([response.status, response.statusText, response.headers.get('x-a'), await response.text()]).toEqual([
        203,
        'Fine',
        '1',
        'ok',
      ]);
    }
  });

  it('AD-17 counts with its real status when a handler has sent it by itself', async () => {
    const store = memoryStore();
    const release = vi.spyOn(store, 'release');
    const { receiver, reasons } = receiverOf(R, { dedupe: store });
    const app: Express = express();
    app.post('/hook', (request, response, next) =>
      (
        webhook(receiver, (event) => {
          response.status(event.id === 'bad' ? 503 : 202).send('mine');
        }) as RequestHandler
      )(request, response, next),
    );
    const { url } = await serve(app);
    const seen = [];
    for (const content of ['{"id":"ok"}', '{"id":"ok"}', '{"id":"bad"}', '{"id":"bad"}']) {
      const response = await post(`${url}/hook`, content, signedR(content));
      seen.push([response.status, response.headers.get('webhook-replayed'), await response.text()]);
    }
    expect(seen).toEqual([
      [202, null, 'mine'],
      [202, 'true', ''],
      [503, null, 'mine'],
      [503, null, 'mine'],
    ]);
    expect(reasons()).toEqual(['handled', 'duplicate', 'failed', 'failed']);
    expect(release).toHaveBeenCalledTimes(2);
  });
});
