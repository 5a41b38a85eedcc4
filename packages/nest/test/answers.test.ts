/** How the response of a controller decides over the claim: exceptions, filters, @HttpCode(), @Res(), streams, deadlines. */

import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { type HandlerContext, memoryStore, type WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook, WebhookContext } from '@countersign/nest';
import { sqliteStore } from '@countersign/stores/sqlite';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  GoneException,
  HttpCode,
  NotFoundException,
  Post,
  Redirect,
  Res,
  Scope,
  StreamableFile,
  UseFilters,
} from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  answerOf,
  closeAll,
  controllerOf,
  delivery,
  later,
  type Method,
  moduleOf,
  platforms,
  receiverOf,
  serve,
  withReceiver,
} from './nest-app.ts';

afterEach(closeAll);

interface AnyResponse {
  status(code: number): { send(body: unknown): unknown };
}

describe.each(platforms)('the response of a controller on %s', (platform) => {
  /** Sends one delivery several times; the statuses, the outcomes, and how often the method ran. */
  async function attempt(
    run: (...given: never[]) => unknown,
    times: number,
    method: Partial<Method> = {},
    policy = {},
  ) {
    const { receiver, reasons } = receiverOf(policy);
    const counted = vi.fn(run);
    const { decorators = [Post(), HttpCode(200)], parameters = [VerifiedEvent()] } = method;
    const receive: Method = { decorators: [...decorators, Webhook('github')], parameters, run: counted };
    const controllers = [controllerOf('hooks', { receive })];
    const { url, logs } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    const sent = await delivery();
    const answers: (readonly [number, string])[] = [];
    for (let round = 0; round < times; round++) answers.push(await answerOf(fetch(`${url}/hooks`, sent)));
    return { answers, reasons, runs: counted.mock.calls.length, url: `${url}/hooks`, sent, logs };
  }
  const statusesOf = (answers: readonly (readonly [number, string])[]) => answers.map(([status]) => status);

  it('releases the event when the method throws, at once or later, and the retry runs', async () => {
    let round = 0;
    const { answers, reasons, runs } = await attempt(() => {
      round++;
      if (round === 1) throw new Error('at once');
      if (round === 2) return Promise.reject(new Error('later'));
      return { round };
    }, 4);
    expect(statusesOf(answers)).toEqual([500, 500, 200, 200]);
    expect([answers[0]?.[1], answers[3]?.[1]]).toEqual([
      '{"statusCode":500,"message":"Internal server error"}',
      '{"round":3}',
    ]);
    expect(reasons()).toEqual(['failed', 'failed', 'handled', 'duplicate']);
    expect(runs).toBe(3);
  });

  it('tells the exception as the cause, which the dead letter gets too', async () => {
    const buried: unknown[] = [];
    const thrown = new Error('the database is away');
    const deadLetter = {
      afterAttempts: 1,
      handle: (_: unknown, { cause }: { cause: unknown }) => void buried.push(cause),
    };
    const policy = { dedupe: memoryStore(), deadLetter };
    const { reasons } = await attempt(() => Promise.reject(thrown), 1, {}, policy);
    expect(reasons()).toEqual(['handled']);
    expect(buried).toEqual([thrown]);
    expect(buried[0]).toBe(thrown);
  });

  it('releases the event for an HttpException with 404, and completes it for one with 410', async () => {
    let round = 0;
    const { answers, reasons } = await attempt(() => {
      round++;
      if (round === 1) throw new NotFoundException('no such repository');
      throw new GoneException('unsubscribed');
    }, 3);
    expect(statusesOf(answers)).toEqual([404, 410, 410]);
    expect(JSON.parse(answers[0]?.[1] ?? '')).toMatchObject({ message: 'no such repository', statusCode: 404 });
    expect(answers[2]).toEqual(answers[1]);
    expect(reasons()).toEqual(['failed', 'handled', 'duplicate']);
  });

  it('goes by what an exception filter makes of an exception', async () => {
    class Forgiving implements ExceptionFilter {
      catch(_exception: unknown, host: ArgumentsHost) {
        host.switchToHttp().getResponse<AnyResponse>().status(202).send({ forgiven: true });
      }
    }
    Catch()(Forgiving);
    const decorators = [Post(), UseFilters(Forgiving)];
    const { answers, reasons } = await attempt(() => Promise.reject(new Error('broken')), 2, { decorators });
    expect(answers).toEqual([
      [202, '{"forgiven":true}'],
      [202, '{"forgiven":true}'],
    ]);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('sends the status of @HttpCode() and of the platform, to a copy as well', async () => {
    const accepted = await attempt(() => 'queued', 2, { decorators: [Post(), HttpCode(202)] });
    expect(accepted.answers).toEqual([
      [202, 'queued'],
      [202, 'queued'],
    ]);
    const created = await attempt(() => ({}), 2, { decorators: [Post()] });
    expect(statusesOf(created.answers)).toEqual([201, 201]);
    const empty = await attempt(() => undefined, 2, { decorators: [Post(), HttpCode(204)] });
    expect(empty.answers).toEqual([
      [204, ''],
      [204, ''],
    ]);
  });

  it('waits for a method that sends by @Res(), and goes by its status', async () => {
    let round = 0;
    const { answers, reasons } = await attempt(
      (_event: WebhookEvent, response: AnyResponse) => {
        round++;
        setTimeout(() => response.status(round === 1 ? 503 : 202).send('by hand'), 20);
      },
      3,
      { parameters: [VerifiedEvent(), Res()] },
    );
    expect(answers).toEqual([
      [503, 'by hand'],
      [202, 'by hand'],
      [202, 'by hand'],
    ]);
    expect(reasons()).toEqual(['failed', 'handled', 'duplicate']);
  });

  it('takes a redirect for a failure, since no sender follows it', async () => {
    const { receiver, reasons } = receiverOf();
    const receive: Method = { decorators: [Post(), Redirect('/login', 302), Webhook('github')], run: () => undefined };
    const controllers = [controllerOf('hooks', { receive })];
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    const answer = await fetch(`${url}/hooks`, { ...(await delivery()), redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/login']);
    expect(reasons()).toEqual(['failed']);
  });

  it('sends a StreamableFile whole, once it is on record', async () => {
    const pieces = ['one ', 'two ', 'three'];
    const { answers, reasons } = await attempt(() => new StreamableFile(Readable.from(pieces)), 2);
    expect(answers).toEqual([
      [200, 'one two three'],
      [200, 'one two three'],
    ]);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('records a success after the deadline, and runs again what fails there', async () => {
    let round = 0;
    const { answers, reasons, url, sent } = await attempt(
      async () => {
        const isFirst = ++round === 1;
        await later(round <= 2 ? 350 : 0);
        if (isFirst) throw new Error('late failure');
        return { round };
      },
      1,
      {},
      { handlerTimeoutSeconds: 0.2 },
    );
    await later(400);
    const second = await answerOf(fetch(url, sent));
    await later(400);
    const third = await answerOf(fetch(url, sent));
    expect(statusesOf([...answers, second, third])).toEqual([500, 500, 200]);
    expect(third[1]).toBe('{"round":2}');
    expect(round).toBe(2);
    expect(reasons()).toEqual(['failed', 'failed', 'duplicate']);
  });

  it('hands the method its context: the attempt, the deadline, and a signal that fires at it', async () => {
    const seen: unknown[] = [];
    const { answers } = await attempt(
      async (_event: WebhookEvent, { attempt: number, deadline, signal }: HandlerContext) => {
        seen.push(number, deadline instanceof Date);
        if (number === 1) throw new Error('once');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        seen.push((signal.reason as Error).name);
      },
      2,
      { parameters: [VerifiedEvent(), WebhookContext()] },
      { handlerTimeoutSeconds: 0.2 },
    );
    expect(statusesOf(answers)).toEqual([500, 500]);
    await vi.waitFor(() => expect(seen).toEqual([1, true, 2, true, 'TimeoutError']));
  });

  it('commits what the method writes through its transaction together with the event, and undoes it when the method throws', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE pushes (ref TEXT NOT NULL)');
    const store = sqliteStore({ database });
    await store.migrate();
    const { answers, reasons } = await attempt(
      (event: WebhookEvent, context: HandlerContext) => {
        const { ref } = event.payload as { ref: string };
        store.transactionOf(context).prepare('INSERT INTO pushes VALUES (?)').run(ref);
        if (context.attempt === 1) throw new Error('behind the write');
      },
      3,
      { parameters: [VerifiedEvent(), WebhookContext()] },
      { dedupe: { store, namespace: 'nest', mode: 'transactional' } },
    );
    expect(statusesOf(answers)).toEqual([500, 200, 200]);
    expect(reasons()).toEqual(['failed', 'handled', 'duplicate']);
    expect(database.prepare('SELECT count(*) AS rows FROM pushes').get()).toEqual({ rows: 1 });
    database.close();
  });

  it('answers once only where a method sends by hand and throws behind it', async () => {
    const { answers, reasons } = await attempt(
      (_event: WebhookEvent, response: AnyResponse) => {
        response.status(202).send('sent');
        throw new Error('behind the response');
      },
      2,
      { parameters: [VerifiedEvent(), Res()] },
    );
    expect(answers).toEqual([
      [202, 'sent'],
      [202, 'sent'],
    ]);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('runs a controller that is made for each request', async () => {
    const { receiver, reasons } = receiverOf();
    const receive: Method = {
      decorators: [Post(), HttpCode(200), Webhook('github')],
      parameters: [VerifiedEvent()],
      run: (event: WebhookEvent) => event.type,
    };
    const controllers = [controllerOf({ path: 'hooks', scope: Scope.REQUEST }, { receive })];
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    expect(await answerOf(fetch(`${url}/hooks`, await delivery()))).toEqual([200, 'push']);
    expect((await fetch(`${url}/hooks`, { method: 'POST' })).status).toBe(401);
    expect(reasons()).toEqual(['handled', 'header_missing']);
  });
});
