/** The demo's deliveries for each sender, and their expected outcomes. */

import { request as httpRequest } from 'node:http';
import type { AnyEvent, Outcome } from '@countersign/core';
import type { Request, Sender } from './senders.ts';

/** One line of the demo's table. */
export interface Row {
  readonly sender: string;
  readonly name: string;
  readonly status: number;
  readonly outcome: string;
  readonly reason: string;
  /** The expected outcome, if it was a different one. */
  readonly expected: string | undefined;
}

/** The parts of the running app that the cases need. */
export interface Running {
  readonly port: number;
  /** Ids of events whose handler must fail once. */
  readonly failOnce: Set<string>;
  /** The events that the handler has run on, in order: provider and body. */
  readonly handled: string[];
  /** The last outcome that the app reported. */
  readonly last: () => Outcome<AnyEvent> | undefined;
}

type Expected = readonly [status: number, outcome: Outcome['kind'], code?: string];

/** Sends all cases of one sender and yields a row for each. */
export async function* runCases(sender: Sender, app: Running): AsyncGenerator<Row> {
  const post = async (name: string, request: Request, expected: Expected, note = ''): Promise<Row> => {
    const status = await send(app.port, request);
    const outcome = app.last();
    const kind = outcome?.kind ?? 'none';
    const code = outcome?.kind === 'rejected' ? outcome.error.code : undefined;
    const isRight = status === expected[0] && kind === expected[1] && code === expected[2];
    return {
      sender: sender.title,
      name,
      status,
      outcome: kind,
      reason: code ?? (outcome?.kind === 'failed' ? String(outcome.cause) : note),
      expected: isRight ? undefined : expected.filter((part) => part !== undefined).join(' '),
    };
  };
  const id = (name: string) => `${sender.title.toLowerCase().replace(/\W+/g, '-')}-${name}`;

  const genuine = sender.deliver(id('genuine'));
  yield post('genuine', genuine, [200, 'handled']);
  yield post('the same again', genuine, [200, 'duplicate'], 'answered without running the handler');

  const other = sender.deliver(id('changed'));
  const changed = { ...other, body: Buffer.from(other.body) };
  changed.body[changed.body.length - 3] = (changed.body[changed.body.length - 3] as number) ^ 1;
  if (sender.signsBody) yield post('a changed byte', changed, [401, 'rejected', 'signature_mismatch']);
  else
    yield post(
      'a changed body',
      { ...other, body: Buffer.from('{"id":"anything"}') },
      [200, 'handled'],
      'this token signs no body: signed.body is false',
    );

  yield post('wrong secret', sender.deliver(id('wrong'), { wrongSecret: true }), [
    401,
    'rejected',
    'signature_mismatch',
  ]);
  if (sender.signsTime) {
    yield post('stale by 301 s', sender.deliver(id('stale'), { timeShift: -302 }), [
      401,
      'rejected',
      'timestamp_too_old',
    ]);
    yield post('ahead by 301 s', sender.deliver(id('ahead'), { timeShift: 302 }), [
      401,
      'rejected',
      'timestamp_too_new',
    ]);
  }
  yield post('missing header', without(sender.deliver(id('missing')), sender.header), [
    401,
    'rejected',
    'header_missing',
  ]);
  if (sender.customHeader !== undefined) {
    yield post('missing custom header', without(sender.deliver(id('custom')), sender.customHeader), [
      401,
      'rejected',
      'header_missing',
    ]);
  }

  const retried = sender.deliver(id('retried'));
  app.failOnce.add(retried.body.toString());
  yield post('handler fails', retried, [500, 'failed']);
  yield post('retry after it', retried, [200, 'handled'], 'a failure releases the event');
  yield post('once more', retried, [200, 'duplicate'], 'answered without running the handler');
}

function without(request: Request, name: string): Request {
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([header]) => header !== name)),
  };
}

function send(port: number, { path, headers, body }: Request): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: 'POST', headers: { ...headers, 'content-length': body.length } },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.setTimeout(10_000, () => request.destroy(new Error('no answer within 10 s')));
    request.on('error', reject).end(body);
  });
}
