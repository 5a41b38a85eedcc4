/** What an adapter has to hold, as tests over a real server: the same bytes, the same verdict, whatever the framework. */

import { gzipSync } from 'node:zlib';
import { contractHeader, contractMaxBodyBytes, contractPaths, type JournalEntry } from './adapter-app.ts';
import { AdapterClient, type Answer, type Sent, signature } from './adapter-client.ts';
import { type ContractRunner, requireEqual, requireThat } from './contract-runner.ts';

/** A server that serves an `adapterApp()` at `contractPaths`, and the way to end it. */
export interface MountedApp {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  stop(): Promise<void> | void;
}

/** How an adapter is mounted. */
export type MountForm = 'handler' | 'middleware';

/** What became of one case, for whoever makes a table of several adapters. */
export interface AdapterResult {
  readonly form: MountForm;
  readonly name: string;
  readonly verdict: 'holds' | 'fails' | 'left out';
  /** Why it was left out, or what did not hold. */
  readonly reason?: string;
}

export interface AdapterContractOptions {
  /** The forms that the adapter has. Default both. */
  readonly forms?: readonly MountForm[];
  /** Cases that cannot arise there, by the beginning of their names, with the reason. Never a case that fails. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** What the hint has to say where the framework's own parser took the body. Default: anything that names a parser. */
  readonly parsedHint?: RegExp;
  readonly onResult?: (result: AdapterResult) => void;
}

interface Case {
  readonly name: string;
  /** The form it is about; default each. */
  readonly form?: MountForm;
  readonly run: (subject: Subject) => Promise<void>;
}

const caseTimeoutMilliseconds = 20_000;
const mountTimeoutMilliseconds = 120_000;
const json = ['content-type', 'application/json'] as const;
let idsMade = 0;
const freshId = () => `evt_${Date.now().toString(36)}_${idsMade++}`;
const bodyOf = (fields: object = {}) => JSON.stringify({ id: freshId(), type: 'contract', n: 475.5, ...fields });
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** One form of one adapter, and what its journal says. */
class Subject {
  readonly path: string;
  readonly client: AdapterClient;
  readonly form: MountForm;
  readonly parsedHint: RegExp;

  constructor(client: AdapterClient, form: MountForm, parsedHint: RegExp) {
    this.client = client;
    this.form = form;
    this.parsedHint = parsedHint;
    this.path = contractPaths[form];
  }

  deliver(body: string | Uint8Array, headers?: Sent['headers']): Promise<Answer> {
    return this.client.deliver(this.path, body, headers);
  }

  /** The same over connections that nobody has used yet. */
  async fresh(run: (subject: Subject) => Promise<void>): Promise<void> {
    const client = new AdapterClient(this.client.url);
    try {
      await run(new Subject(client, this.form, this.parsedHint));
    } finally {
      client.close();
    }
  }

  send(sent: Sent): Promise<Answer> {
    return this.client.send(this.path, sent);
  }

  /** What the journal got while `act` ran; waits for so many outcomes. */
  async during<Result>(act: () => Promise<Result>, outcomes = 1): Promise<{ result: Result; entries: JournalEntry[] }> {
    const { length } = await this.client.journal();
    const result = await act();
    for (let round = 0; ; round++) {
      const entries = (await this.client.journal()).slice(length);
      if (entries.filter((entry) => 'outcome' in entry).length >= outcomes || round === 20) return { result, entries };
      await pause(50);
    }
  }

  /** One request has to be answered so, and to come to this one outcome without a run of the handler. */
  async refuses(sent: Sent, status: number, codes: readonly string[]): Promise<Answer> {
    const { result, entries } = await this.during(() => this.send(sent));
    requireEqual(result.status, status, 'the status of the answer');
    const reasons = entries.map((entry) => ('outcome' in entry ? (entry.code ?? entry.outcome) : 'a run'));
    requireEqual(reasons.length, 1, `one outcome (${reasons.join(', ')})`);
    requireThat(codes.includes(reasons[0] as string), `the reason is ${codes.join(' or ')}, not ${reasons[0]}`);
    return result;
  }
}

const runsIn = (entries: readonly JournalEntry[]) => entries.filter((entry) => 'run' in entry).length;
const outcomesIn = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => ('outcome' in entry ? [entry.code ?? entry.outcome] : []));

async function requireHandled(subject: Subject, sent: Sent, sentence: string): Promise<Answer> {
  const { result, entries } = await subject.during(() => subject.send(sent));
  requireEqual(result.status, 200, sentence);
  requireEqual(outcomesIn(entries), ['handled'], sentence);
  return result;
}

const signed = (body: string | Uint8Array, ...headers: (readonly [string, string])[]): Sent => ({
  headers: [...headers, signature(body)],
  body,
});

/** The cases, in the order of a delivery's way: bytes, headers, body, handler, duplicates, mistakes. */
const cases: readonly Case[] = [
  {
    name: 'a genuine delivery is handled over exactly its bytes',
    async run(subject) {
      const body = Buffer.from(`{ "id": "${freshId()}", "do": "echo", "n": 475.50, "s": "caf\\u00e9 ü" }\n`);
      const answer = await requireHandled(subject, signed(body, json), 'a genuine delivery');
      requireThat(body.equals(answer.body), 'the handler saw the bytes as they were sent, and its bytes came back');
    },
  },
  {
    name: 'a chunked body is read to its end',
    async run(subject) {
      const body = bodyOf({ do: 'echo', padding: 'x'.repeat(5000) });
      const pieces = [body.slice(0, 10), body.slice(10, 3000), body.slice(3000)];
      const answer = await requireHandled(subject, { headers: [json, signature(body)], pieces }, 'a chunked delivery');
      requireEqual(answer.body.toString(), body, 'the body in one piece');
    },
  },
  {
    name: 'a body of 200 kB is taken by default',
    async run(subject) {
      const body = bodyOf({ padding: 'x'.repeat(200_000) });
      await requireHandled(subject, signed(body, json), 'a delivery of 200 kB');
    },
  },
  {
    name: 'the content type does not matter, nor whether there is one',
    async run(subject) {
      const types = [
        'application/vnd.x+json',
        'text/plain',
        'application/json; charset=utf-16',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'nonsense',
        undefined,
      ];
      for (const type of types) {
        const body = bodyOf({ do: 'echo' });
        const sent = signed(body, ...(type === undefined ? [] : [['content-type', type] as const]));
        const answer = await requireHandled(subject, sent, `content type ${type}`);
        requireEqual(answer.body.toString(), body, `the body with content type ${type}`);
      }
    },
  },
  {
    name: 'a byte order mark is part of the signed bytes',
    async run(subject) {
      const body = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(bodyOf({ do: 'echo' }))]);
      const answer = await requireHandled(subject, signed(body, json), 'a body with a byte order mark');
      requireThat(body.equals(answer.body), 'the mark is kept');
      const without = body.subarray(3);
      await subject.refuses({ headers: [json, signature(without)], body }, 401, ['signature_mismatch']);
    },
  },
  {
    name: 'a signed body that is no UTF-8 is malformed, not mangled',
    async run(subject) {
      const body = Buffer.concat([Buffer.from('{"id":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')]);
      await subject.refuses(signed(body, json), 400, ['payload_malformed']);
      const mangled = Buffer.from(body.toString('utf8'));
      await subject.refuses({ headers: [json, signature(mangled)], body }, 401, ['signature_mismatch']);
    },
  },
  {
    name: 'a signed body that is empty, or nested too deep to be parsed, is malformed',
    async run(subject) {
      await subject.refuses(signed('', json), 400, ['payload_malformed']);
      await subject.refuses(signed('['.repeat(100_000), json), 400, ['payload_malformed']);
    },
  },
  {
    name: '__proto__ in a body changes nothing',
    async run(subject) {
      const body = `{"__proto__":{"x":1},"id":"${freshId()}","do":"show x"}`;
      const answer = await requireHandled(subject, signed(body, json), 'a body with __proto__');
      requireEqual(answer.body.toString(), 'undefined undefined', 'x of the payload, and of any object');
    },
  },
  {
    name: 'a compressed body is refused, signed over either form',
    async run(subject) {
      const body = bodyOf();
      const zipped = gzipSync(body);
      for (const bytes of [zipped, body]) {
        const sent = { headers: [json, ['content-encoding', 'gzip'] as const, signature(bytes)], body: zipped };
        await subject.refuses(sent, 415, ['encoding_unsupported']);
      }
    },
  },
  {
    name: 'every refusal for a signature looks the same',
    async run(subject) {
      const body = bodyOf();
      const now = Math.floor(Date.now() / 1000);
      const [name, good] = signature(body);
      const causes: [Sent['headers'], string][] = [
        [[], 'header_missing'],
        [[[name, 'abc']], 'header_malformed'],
        [[[name, good.slice(0, -2)]], 'header_malformed'],
        [[[name, `t=${now},v1=${'0'.repeat(64)}`]], 'signature_mismatch'],
        [[signature(`${body} `)], 'signature_mismatch'],
        [[signature(body, now - 400)], 'timestamp_too_old'],
        [[signature(body, now + 400)], 'timestamp_too_new'],
      ];
      const seen = new Set<string>();
      for (const [headers = [], code] of causes) {
        const answer = await subject.refuses({ headers: [json, ...headers], body }, 401, [code]);
        seen.add(JSON.stringify([answer.headers['content-type'], answer.body.toString()]));
      }
      requireEqual([...seen].length, 1, 'as many answers as there are ways to be refused');
    },
  },
  {
    name: 'a header in two lines is refused, in each order',
    async run(subject) {
      const body = bodyOf();
      const good = signature(body);
      const junk = [contractHeader, good[1].replace(/v1=.*/, `v1=${'0'.repeat(64)}`)] as const;
      for (const lines of [
        [good, junk],
        [junk, good],
        [good, good],
      ])
        await subject.refuses({ headers: [json, ...lines], body }, 401, ['header_repeated', 'header_malformed']);
    },
  },
  {
    name: 'another method never comes to the handler',
    async run(subject) {
      const { entries } = await subject.during(async () => {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const { status, headers } = await subject.send({ method, headers: [signature('')] });
          requireThat(
            status === 405 || status === 404,
            `${method} is answered 405 or, by a router, 404, not ${status}`,
          );
          if (status === 405 && outcomesIn(await subject.client.journal()).at(-1) === 'method_unsupported')
            requireEqual(headers.allow, 'POST', 'the methods allowed');
        }
      }, 0);
      requireEqual(runsIn(entries), 0, 'runs of the handler');
    },
  },
  {
    name: 'a header meant to skip middleware skips nothing',
    async run(subject) {
      const body = bodyOf();
      const skip = ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'] as const;
      await subject.refuses({ headers: [json, skip], body }, 401, ['header_missing']);
    },
  },
  {
    name: 'a body announced as too large is refused before it is read',
    async run(subject) {
      const headers = [json, signature('x')];
      await subject.refuses({ headers, announced: contractMaxBodyBytes + 1 }, 413, ['body_too_large']);
    },
  },
  {
    name: 'a body that turns out too large is refused',
    async run(subject) {
      const pieces = Array.from({ length: 6 }, () => 'x'.repeat(65_536));
      await subject.refuses({ headers: [json, signature('x')], pieces }, 413, ['body_too_large']);
    },
  },
  {
    name: 'a body that stalls is given up',
    async run(subject) {
      const body = bodyOf();
      const sent = { headers: [json, signature(body)], body: body.slice(0, 5), announced: body.length };
      const startedAt = performance.now();
      await subject.refuses(sent, 408, ['body_timeout']);
      requireThat(performance.now() - startedAt < 5000, 'the answer comes soon after the limit of 0.4 s');
    },
  },
  {
    name: 'a sender that goes away half way leaves nothing behind',
    async run(subject) {
      const body = bodyOf();
      const { entries } = await subject.during(
        () => subject.send({ headers: [json, signature(body)], body: body.slice(0, 9), announced: 900, cutAfter: 30 }),
        1,
      );
      requireEqual(runsIn(entries), 0, 'runs of the handler');
      const codes = outcomesIn(entries);
      requireThat(
        codes.every((code) => code === 'body_timeout'),
        `no other outcome than body_timeout (${codes.join(', ')})`,
      );
      await requireHandled(subject, signed(body, json), 'the same delivery, whole');
    },
  },
  {
    name: 'a connection serves on after a refusal of a small body',
    async run(subject) {
      await subject.fresh(async (fresh) => {
        const body = bodyOf();
        for (let round = 0; round < 5; round++)
          await fresh.refuses({ headers: [json], body, once: true }, 401, ['header_missing']);
        await requireHandled(fresh, { ...signed(body, json), once: true }, 'a delivery behind refusals');
      });
    },
  },
  {
    name: 'an early refusal of a large body can be read, and the server serves on',
    async run(subject) {
      const body = new Uint8Array(1_000_000).fill(120);
      for (let round = 0; round < 3; round++) await subject.refuses({ headers: [json], body }, 401, ['header_missing']);
      await requireHandled(subject, signed(bodyOf(), json), 'a delivery behind refusals');
    },
  },
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
    name: 'a handler that answers 503 is asked again, one that answers 404 is not',
    async run(subject) {
      const later = bodyOf({ do: 'answer 503 once' });
      requireEqual((await subject.deliver(later)).status, 503, 'the first attempt');
      requireEqual((await subject.deliver(later)).status, 200, 'the second attempt');
      const gone = bodyOf({ do: 'answer 404' });
      requireEqual((await subject.deliver(gone)).status, 404, 'the first attempt');
      const { result, entries } = await subject.during(() => subject.deliver(gone));
      requireEqual([result.status, ...outcomesIn(entries)], [404, 'duplicate'], 'the second attempt');
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
      if (subject.form === 'handler') requireEqual(result.body.toString(), 'queued', 'the body of the second answer');
      requireEqual([runsIn(entries), ...outcomesIn(entries)], [0, 'duplicate'], 'runs and outcome of the second');
    },
  },
  {
    name: 'a delivery that comes while the first is in work is sent away, to come back',
    async run(subject) {
      const body = bodyOf({ do: 'wait for copies', x: 1 });
      const { result, entries } = await subject.during(
        () => Promise.all([subject.deliver(body), subject.deliver(body)]),
        2,
      );
      const [done, away] = [...result].sort((one, other) => one.status - other.status);
      requireEqual([done?.status, away?.status], [200, 503], 'the answers to the two');
      requireThat(Number(away?.headers['retry-after']) >= 1, 'the copy is told when to come back');
      requireEqual([runsIn(entries), ...outcomesIn(entries).sort()], [1, 'handled', 'in_flight'], 'runs and outcomes');
    },
  },
  {
    name: 'of ten copies at once one runs, and none is acknowledged before it is done',
    async run(subject) {
      // The handler ends once nine copies have been sent away, so whoever waited for it to answer 2xx would wait for ever.
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
    name: 'mounting it twice is noticed and said',
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
  requireThat(performance.now() - startedAt < 2000, 'the answer comes at once');
  requireEqual(runsIn(entries), 0, 'runs of the handler');
  const codes = outcomesIn(entries);
  requireThat(codes.includes('body_not_raw'), `the outcome is body_not_raw, not ${codes.join(', ')}`);
  const hint = entries.map((entry) => ('hint' in entry ? entry.hint : '')).join(' ');
  requireThat(words.test(hint), `the hint says what is wrong: ${hint}`);
}

/**
 * Declares the cases of the contract for one adapter. The server has to serve {@link contractPaths} with an
 * `adapterApp()` of `@countersign/testing/adapter-app`, in this process or in another.
 *
 * @example
 * adapterContract({ describe, it }, async () => serveMyFramework(adapterApp()));
 */
export function adapterContract(
  { describe, it }: ContractRunner,
  mount: () => Promise<MountedApp>,
  {
    forms = ['handler', 'middleware'],
    leftOut = {},
    parsedHint = /parser|json\(\)/i,
    onResult = () => undefined,
  }: AdapterContractOptions = {},
): void {
  const unknown = Object.keys(leftOut).filter((start) => !cases.some(({ name }) => name.startsWith(start)));
  if (unknown.length > 0) throw new TypeError(`No case of the contract begins with: ${unknown.join('; ')}`);
  let mounted: Promise<MountedApp> | undefined;
  let client: AdapterClient | undefined;

  describe('the contract of adapters', () => {
    it(
      'its server starts',
      async () => {
        mounted = mount();
        client = new AdapterClient((await mounted).url);
        requireThat(Array.isArray(await client.journal()), 'the server answers with its journal');
      },
      mountTimeoutMilliseconds,
    );
    for (const form of forms) {
      for (const { name, run, form: only = form } of cases) {
        if (only !== form) continue;
        const reason = Object.entries(leftOut).find(([start]) => name.startsWith(start))?.[1];
        if (reason !== undefined) {
          onResult({ form, name, verdict: 'left out', reason });
          continue;
        }
        it(
          `${form}: ${name}`,
          async () => {
            requireThat(client !== undefined, 'the server has started');
            try {
              await run(new Subject(client, form, parsedHint));
              onResult({ form, name, verdict: 'holds' });
            } catch (error) {
              onResult({ form, name, verdict: 'fails', reason: String((error as Error)?.message) });
              throw error;
            }
          },
          caseTimeoutMilliseconds,
        );
      }
    }
    it('its server ends', async () => {
      client?.close();
      await (await mounted)?.stop();
    });
  });
}
