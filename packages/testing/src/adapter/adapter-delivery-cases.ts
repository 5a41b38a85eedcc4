/** Cases of the adapter contract up to the verdict: bytes, headers, methods, limits, connections. */

import { gzipSync } from 'node:zlib';
import { requireEqual, requireThat } from '../contract-runner.ts';
import { contractHeader, contractMaxBodyBytes } from './adapter-app.ts';
import { type Sent, signature } from './adapter-client.ts';
import {
  type AdapterCase,
  bodyOf,
  freshId,
  json,
  outcomesIn,
  requireHandled,
  runsIn,
  signed,
} from './adapter-subject.ts';

/** In the order in which a delivery passes the stages. */
export const deliveryCases: readonly AdapterCase[] = [
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
    name: 'a signed body that is not UTF-8 is malformed, not corrupted',
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
    name: 'two signature headers are refused, in either order',
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
    name: 'another method never reaches the handler',
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
      await subject.refuses(sent, 503, ['body_timeout']);
      requireThat(performance.now() - startedAt < 15_000, 'the response comes soon after the limit of 2 s');
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
    name: 'a connection on which a body was refused as too large is given up as announced, or serves on',
    async run(subject) {
      await subject.fresh(async (fresh) => {
        const large = new Uint8Array(contractMaxBodyBytes + 1).fill(120);
        const pieces = Array.from({ length: 6 }, () => 'x'.repeat(65_536));
        const huge = new Uint8Array(1_000_000).fill(120);
        for (const refused of [{ body: large }, { pieces }, { body: huge }, { body: large }]) {
          await fresh.refuses({ headers: [json, signature('x')], ...refused }, 413, ['body_too_large']);
          const { result, entries } = await fresh.during(() => fresh.send({ ...signed(bodyOf(), json), once: true }));
          requireEqual(
            [result.failure, result.status, ...outcomesIn(entries)],
            [undefined, 200, 'handled'],
            'the next delivery',
          );
        }
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
];
