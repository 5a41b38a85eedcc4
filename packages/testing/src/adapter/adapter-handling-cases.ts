/** Cases of the adapter contract after the verdict: handlers, duplicates, and mistakes in how it is mounted. */

import { requireEqual, requireThat } from '../contract-runner.ts';
import { contractPaths } from './adapter-app.ts';
import type { Answer } from './adapter-client.ts';
import { type AdapterCase, bodyOf, json, outcomesIn, pause, runsIn, type Subject } from './adapter-subject.ts';

export const handlingCases: readonly AdapterCase[] = [
  {
    name: 'a handler that throws is a 500, and the retry runs',
    async run(subject) {
      const ways = ['throw once', ...(subject.form === 'handler' ? ['throw at once, once'] : [])];
      for (const way of ways) {
        const body = bodyOf({ do: way });
        const { result, entries } = await subject.during(async () => {
          const statuses: number[] = [];
          for (let round = 0; round < 3; round++) statuses.push((await subject.deliver(body)).status);
          return statuses;
        }, 3);
        requireEqual(result, [500, 200, 200], `the statuses of three attempts (${way})`);
        requireEqual(runsIn(entries), 2, 'runs of the handler');
        requireEqual(outcomesIn(entries), ['failed', 'handled', 'duplicate'], 'the outcomes');
      }
    },
  },
  {
    name: 'a handler is called again after any response except 2xx and 410',
    async run(subject) {
      for (const status of [302, 404, 422, 503]) {
        const body = bodyOf({ do: 'answer once', x: status });
        const { result, entries } = await subject.during(
          async () => [await subject.deliver(body), await subject.deliver(body)],
          2,
        );
        requireEqual(
          result.map((answer) => answer.status),
          [status, 200],
          'the statuses of two attempts',
        );
        requireEqual(outcomesIn(entries), ['failed', 'handled'], `the outcomes after ${status}`);
      }
      const gone = bodyOf({ do: 'answer 410' });
      requireEqual((await subject.deliver(gone)).status, 410, 'the first attempt');
      const { result, entries } = await subject.during(() => subject.deliver(gone));
      requireEqual([result.status, ...outcomesIn(entries)], [410, 'duplicate'], 'the second attempt');
    },
  },
  {
    name: 'a Response that a handler returns is the answer, and a failure if its status is one',
    form: 'handler',
    async run(subject) {
      const shown = ({ status, headers, body }: Answer) => [status, headers['content-type'], body.toString()];
      const good = bodyOf({ do: 'return a Response', x: 201 });
      const first = await subject.deliver(good);
      requireEqual(shown(first), [201, 'application/json', '{"first":true}'], 'the first answer');
      requireEqual(first.headers['x-handler'], 'yes', "the handler's own header");
      requireEqual(shown(await subject.deliver(good)), shown(first), 'the answer to a duplicate');
      const bad = bodyOf({ do: 'return a Response', x: 500 });
      const { result, entries } = await subject.during(
        async () => [await subject.deliver(bad), await subject.deliver(bad)],
        2,
      );
      requireEqual(
        result.map((answer) => answer.status),
        [500, 202],
        'the statuses of two attempts',
      );
      requireEqual(outcomesIn(entries), ['failed', 'handled'], 'the outcomes');
    },
  },
  {
    name: 'fields of the connection in a returned answer are left out, and the server goes on',
    form: 'handler',
    async run(subject) {
      const body = bodyOf({ do: 'answer with fields of the connection' });
      const { result, entries } = await subject.during(
        async () => [await subject.deliver(body), await subject.deliver(body)],
        2,
      );
      for (const answer of result) requireEqual([answer.status, answer.body.toString()], [200, 'whole'], 'an answer');
      requireEqual(result[0]?.headers.trailer, undefined, 'the field trailer');
      requireEqual(outcomesIn(entries), ['handled', 'duplicate'], 'the outcomes');
    },
  },
  {
    name: 'a success of a handler after its deadline is on record, and a failure there runs again',
    async run(subject) {
      const good = bodyOf({ do: 'answer late', x: 201 });
      const bad = bodyOf({ do: 'answer late', x: 422 });
      const { result, entries } = await subject.during(async () => {
        const firsts = await Promise.all([subject.deliver(good), subject.deliver(bad)]);
        await pause(1500);
        return [...firsts, await subject.deliver(good), await subject.deliver(bad)];
      }, 4);
      const statuses = result.map((answer) => answer.status);
      requireEqual(statuses, [500, 500, 201, 422], 'the statuses of two first attempts and two second ones');
      requireEqual(outcomesIn(entries), ['failed', 'failed', 'duplicate', 'failed'], 'the outcomes');
      requireEqual(runsIn(entries), 3, 'runs of the handler');
    },
  },
  {
    name: "the handler's own answer goes out, and again, marked, to a duplicate",
    async run(subject) {
      const body = bodyOf({ do: 'answer' });
      const first = await subject.deliver(body);
      const shown = ({ status, headers, body: content }: Answer) => [
        status,
        headers['content-type']?.replace(/; ?charset=utf-8$/i, ''),
        headers['x-handler'],
        content.toString(),
      ];
      requireEqual(shown(first), [202, 'text/plain', 'yes', 'queued'], 'the first answer');
      requireEqual(first.headers['webhook-replayed'], undefined, 'the mark on the first answer');
      const { result, entries } = await subject.during(() => subject.deliver(body));
      requireEqual(result.status, 202, 'the status of the second answer');
      requireEqual(result.headers['webhook-replayed'], 'true', 'the mark on the second answer');
      requireEqual(
        shown(result).filter((_, at) => at !== 2),
        [202, 'text/plain', 'queued'],
        'the second answer',
      );
      requireEqual([runsIn(entries), ...outcomesIn(entries)], [0, 'duplicate'], 'runs and outcome of the second');
    },
  },
  {
    name: 'a delivery that comes while the first is in progress is sent away with Retry-After',
    async run(subject) {
      const body = bodyOf({ do: 'wait for copies', x: 1 });
      const { result, entries } = await subject.during(
        () => Promise.all([subject.deliver(body), subject.deliver(body)]),
        2,
      );
      const [done, away] = [...result].sort((one, other) => one.status - other.status);
      requireEqual([done?.status, away?.status], [200, 503], 'the answers to the two');
      requireThat(Number(away?.headers['retry-after']) >= 1, 'the copy gets a Retry-After');
      requireEqual([runsIn(entries), ...outcomesIn(entries).sort()], [1, 'handled', 'in_flight'], 'runs and outcomes');
    },
  },
  {
    name: 'of ten copies at once one runs, and none is acknowledged before it is done',
    async run(subject) {
      // The handler ends once nine copies have been sent away, so an adapter that waited for it before responding would
      // wait forever.
      const body = bodyOf({ do: 'wait for copies', x: 9 });
      const copies = () => Promise.all(Array.from({ length: 10 }, () => subject.deliver(body)));
      const { result, entries } = await subject.during(copies, 10);
      requireEqual(runsIn(entries), 1, 'runs of the handler');
      const statuses = result.map(({ status }) => status).sort();
      requireEqual(statuses, [200, ...Array.from({ length: 9 }, () => 503)], 'the statuses of the ten');
    },
  },
  {
    name: 'a body that was parsed first is 500 at once, with the parser and the fix named',
    form: 'handler',
    run: (subject) => requireNotRaw(subject, contractPaths.parsed, subject.parsedHint),
  },
  {
    name: 'a body that was drained first is 500 at once',
    form: 'handler',
    run: (subject) => requireNotRaw(subject, contractPaths.drained, /first/i),
  },
  {
    name: 'mounting it twice is noticed and reported',
    form: 'handler',
    run: (subject) => requireNotRaw(subject, contractPaths.twice, /mount it once/i),
  },
  {
    name: 'other routes of the app still get their bodies parsed',
    form: 'handler',
    async run(subject) {
      const { status, body } = await subject.client.send(contractPaths.ordinary, {
        headers: [json],
        body: '{"a":[1]}',
      });
      requireEqual([status, body.toString()], [200, '{"a":[1]}'], 'an ordinary route');
    },
  },
];

async function requireNotRaw(subject: Subject, path: string, words: RegExp): Promise<void> {
  const startedAt = performance.now();
  const { result, entries } = await subject.during(() => subject.client.deliver(path, bodyOf()));
  requireEqual(result.status, 500, 'the status of the answer');
  requireThat(performance.now() - startedAt < 2000, 'the response is immediate');
  requireEqual(runsIn(entries), 0, 'runs of the handler');
  const codes = outcomesIn(entries);
  requireThat(codes.includes('body_not_raw'), `the outcome is body_not_raw, not ${codes.join(', ')}`);
  const hint = entries.map((entry) => ('hint' in entry ? entry.hint : '')).join(' ');
  requireThat(words.test(hint), `the hint says what is wrong: ${hint}`);
}
