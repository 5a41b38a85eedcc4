/** The contract of an archive, as tests: written first, exact, sealed, in order, and never another one's. */

import {
  type Archive,
  type ArchiveOptions,
  createReceiver,
  memoryStore,
  type Outcome,
  type ReceiverOptions,
  secretsByTenant,
} from '@countersign/core';
import { type ContractRunner, requireEqual, requireThat, skip } from '../contract-runner.ts';
import type { AlteredEntry, ArchiveContractOptions, ArchiveHandle } from './archive-contract-options.ts';
import { batchSender, bytesSender, deliver, freshName, secretOf, sender, silent } from './archive-senders.ts';

const caseTimeoutMilliseconds = 60_000;
const mebibyte = 1_048_576;
/** Without this, lists with a cursor are a few seconds behind. */
const settled: ArchiveOptions = { settleSeconds: 0.2 };
const sealKey = 'contract-seal-key-0123456789abcdef';

type Policy = Partial<Omit<ReceiverOptions<typeof sender>, 'provider' | 'secrets'>>;

/**
 * Declares the cases of the contract. Run it with your test runner against your real backend.
 *
 * @example
 * archiveContract({ describe, it }, { make: (options) => ({ archive: myArchive(options) }), peek: readEntry, alter: writeEntry });
 */
export function archiveContract(runner: ContractRunner, options: ArchiveContractOptions): void {
  const { describe, it } = runner;
  const { make, peek, alter, outage } = options;

  const holds = (sentence: string, body: (open: (options?: ArchiveOptions) => Promise<Archive>) => Promise<void>) =>
    it(
      sentence,
      async () => {
        const handles: ArchiveHandle[] = [];
        try {
          await body(async (options = settled) => {
            const handle = await make(options);
            handles.push(handle);
            return handle.archive;
          });
        } finally {
          for (const handle of handles) await handle.close?.();
        }
      },
      caseTimeoutMilliseconds,
    );
  const receiverOn = (archive: Archive, policy: Policy = {}, namespace = freshName('endpoint')) => ({
    namespace,
    receiver: createReceiver({
      provider: sender,
      secrets: secretOf('a'),
      archive,
      dedupe: { store: memoryStore(), namespace },
      ...silent,
      ...policy,
    }),
  });
  const only = async (archive: Archive, namespace: string) => {
    const { entries } = await archive.list({ namespace, allTenants: true });
    requireEqual(entries.length, 1, 'the number of entries');
    return entries[0] as (typeof entries)[number];
  };
  const fail = () => {
    throw new Error('the handler failed');
  };
  const rejectedAs = (outcome: Outcome<never>) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind);
  const quietly = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const print = console.error;
    console.error = () => undefined;
    try {
      return await work();
    } finally {
      console.error = print;
    }
  };

  describe('the contract of archives', () => {
    holds('has an event before its handler runs, and its outcome afterwards', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      const delivery = deliver({ id: 'a', type: 'order.paid' });
      let inside: unknown;
      await receiver.receive(delivery, async () => {
        const { id, outcome, attempts } = await only(archive, namespace);
        const peeked = await peek(id);
        inside = { outcome, attempts, body: Buffer.from(peeked?.body ?? []).toString() };
      });
      requireEqual(
        inside,
        { outcome: 'open', attempts: 0, body: Buffer.from(delivery.body).toString() },
        'in the handler',
      );
      const entry = await only(archive, namespace);
      const { outcome, attempts, deliveries, type, eventId, provider, bodyBytes } = entry;
      requireEqual(
        { outcome, attempts, deliveries, type, eventId, provider, bodyBytes, namespace: entry.namespace },
        {
          outcome: 'handled',
          attempts: 1,
          deliveries: 1,
          type: 'order.paid',
          eventId: 'a',
          provider: sender.name,
          bodyBytes: delivery.body.length,
          namespace,
        },
        'after the handler',
      );
      requireEqual((await peek(entry.id))?.outcome, 'handled', 'in the backend');
      requireThat(Math.abs(entry.receivedAt.getTime() - Date.now()) < 60_000, 'the time of arrival is known');
    });

    holds('keeps every byte of a body, whatever it is', async (open) => {
      const archive = await open();
      const all = Uint8Array.from({ length: 256 }, (_, value) => value);
      const large = Uint8Array.from({ length: mebibyte }, (_, at) => (at * 2_654_435_761) >>> 24);
      for (const body of [new Uint8Array(), new Uint8Array(1), all, Uint8Array.of(0xc3, 0x28, 0xff, 0xfe, 0), large]) {
        const namespace = freshName('bytes');
        const receiver = createReceiver({
          provider: bytesSender,
          secrets: secretOf('a'),
          archive,
          dedupe: { store: memoryStore(), namespace },
          ...silent,
        });
        requireEqual((await receiver.receive(deliver(body), () => undefined)).kind, 'handled', 'the delivery');
        const entry = await only(archive, namespace);
        const event = await receiver.readArchived(entry);
        requireEqual(
          Buffer.compare(Buffer.from(event.body), Buffer.from(body)),
          0,
          `the ${body.length} bytes are the same`,
        );
        requireEqual(
          Buffer.compare(Buffer.from((await peek(entry.id))?.body ?? []), Buffer.from(body)),
          0,
          'also in the backend',
        );
      }
    });

    holds('counts deliveries and attempts, and keeps the last error and the final outcome', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      const delivery = deliver({ id: 'a', type: 't' });
      await quietly(() => receiver.receive(delivery, fail));
      const failed = await only(archive, namespace);
      requireEqual([failed.outcome, failed.attempts, failed.deliveries], ['failed', 1, 1], 'after a failure');
      requireThat(
        Buffer.from((await peek(failed.id))?.error ?? [])
          .toString()
          .includes('the handler failed'),
        'the error is kept',
      );
      await receiver.receive(delivery, () => undefined);
      await receiver.receive(delivery, () => undefined);
      const handled = await only(archive, namespace);
      requireEqual(
        [handled.outcome, handled.attempts, handled.deliveries, handled.id],
        ['handled', 2, 3, failed.id],
        'after a duplicate',
      );
      requireEqual(handled.receivedAt.getTime(), failed.receivedAt.getTime(), 'the first arrival stays');
    });

    holds('marks an event without a handler for its type, which a replay can run later', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      await receiver.receive(deliver({ id: 'a', type: 'new.type' }), { 'other.type': () => undefined });
      const entry = await only(archive, namespace);
      requireEqual([entry.outcome, entry.attempts], ['no_handler', 0], 'without a handler');
      requireEqual(
        rejectedAs((await receiver.replay(entry, { 'other.type': fail })) as never),
        'options_invalid',
        'a replay without a handler',
      );
      let runs = 0;
      await receiver.replay(entry, { 'new.type': () => void runs++ });
      requireEqual([runs, (await only(archive, namespace)).outcome], [1, 'handled'], 'a replay with a handler');
    });

    holds('stores no signature, token, cookie or required header, and gives the rest back', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive, {
        requiredHeaders: { 'x-own': 'required-value-1234567890' },
      });
      const delivery = deliver({ id: 'a', type: 't' }, 'a', {
        authorization: 'Bearer from-a-proxy-5f2d',
        Cookie: 'session=from-a-browser-77ab',
        'x-api-key': 'key-of-a-gateway-91cc',
        'x-own': 'required-value-1234567890',
        'x-shop': 'Grüße',
      });
      await receiver.receive({ ...delivery, url: '/hook?token=in-the-url-6d1e&shop=7' }, () => undefined);
      const entry = await only(archive, namespace);
      const peeked = await peek(entry.id);
      const stored = Buffer.from(peeked?.head ?? []).toString();
      requireThat(peeked !== undefined && stored.includes('x-shop'), 'the head is stored');
      for (const text of ['5f2d', '77ab', '91cc', 'required-value', '6d1e', delivery.headers['x-sig'] as string])
        requireThat(!stored.includes(text), `the head does not have ${text.slice(0, 14)}`);
      let seen: unknown;
      await receiver.replay(
        entry,
        (event, { unsigned }) => {
          seen = [event.id, unsigned.header('x-shop'), unsigned.url?.includes('shop=7'), unsigned.header('x-sig')];
        },
        { again: true },
      );
      requireEqual(seen, ['a', 'Grüße', true, undefined], 'a replay sees the rest');
    });

    holds('runs a failed event again, once, and one that is done only if asked', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      await quietly(() => receiver.receive(deliver({ id: 'a', type: 't' }), fail));
      const entry = await only(archive, namespace);
      let runs = 0;
      let identity: string | undefined;
      const run = async (event: { identity(): Promise<{ key: string }> }) => {
        runs++;
        identity = (await event.identity()).key;
      };
      requireEqual((await receiver.replay(entry, run, { by: 'ann' })).kind, 'handled', 'the replay');
      requireEqual((await receiver.replay(entry.id, run)).kind, 'duplicate', 'the next one');
      requireEqual([runs, identity], [1, entry.id], 'runs, under the identity that it had');
      const first = await only(archive, namespace);
      requireEqual([first.outcome, first.attempts, first.replays], ['handled', 2, 1], 'what is written back');
      requireEqual(
        (await receiver.replay(entry, run, { again: true, by: 'bob' })).kind,
        'handled',
        'a replay that was asked for',
      );
      requireEqual((await receiver.replay(entry, run, { again: true, by: 'bob' })).kind, 'handled', 'and another');
      const last = await only(archive, namespace);
      requireEqual(
        [
          runs,
          last.outcome,
          last.attempts,
          last.replays,
          last.replayedBy,
          last.replayOutcome,
          last.replayedAt instanceof Date,
        ],
        [3, 'handled', 4, 3, 'bob', 'handled', true],
        'who and when',
      );
      requireEqual(
        (await receiver.receive(deliver({ id: 'a', type: 't' }), run)).kind,
        'duplicate',
        'its record stays',
      );
    });

    holds('never runs an event twice for replays at the same time', async (open) => {
      const archives = await Promise.all([open(), open(), open()]);
      const store = memoryStore();
      const namespace = freshName('concurrent');
      const receivers = archives.map(
        (archive) => receiverOn(archive, { dedupe: { store, namespace } }, namespace).receiver,
      );
      const [first] = receivers as [(typeof receivers)[number]];
      await quietly(() => first.receive(deliver({ id: 'a', type: 't' }), fail));
      const entry = await only(archives[0] as Archive, namespace);
      let runs = 0;
      const slow = async () => {
        runs++;
        await new Promise((resolve) => setTimeout(resolve, 100));
      };
      for (const again of [false, true]) {
        runs = 0;
        const kinds = await Promise.all(
          [...receivers, ...receivers].map((receiver) => receiver.replay(entry, slow, { again })),
        );
        requireEqual(runs, 1, `the runs of six replays, again: ${again}`);
        requireEqual(kinds.filter(({ kind }) => kind === 'handled').length, 1, 'the successes of six replays');
      }
    });

    holds('refuses to run an event that is being handled', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      let runs = 0;
      await receiver.receive(deliver({ id: 'a', type: 't' }), async () => {
        const entry = await only(archive, namespace);
        for (const again of [false, true])
          requireEqual(
            (await receiver.replay(entry, () => void runs++, { again })).kind,
            'in_flight',
            `again: ${again}`,
          );
      });
      requireEqual(runs, 0, 'the runs next to the handler');
    });

    holds('does not run an event that may be done and is forgotten by the store', async (open) => {
      const archive = await open();
      const { namespace } = receiverOn(archive);
      const at = (time: number) =>
        receiverOn(archive, { clock: () => new Date(time), dedupe: { store: memoryStore(), namespace } }, namespace)
          .receiver;
      const old = at(Date.now() - 10 * 86_400_000);
      // The process dies in the handler: nothing is written after it.
      void old.receive(deliver({ id: 'a', type: 't' }), () => new Promise<undefined>(() => undefined));
      let entry = (await archive.list({ namespace })).entries[0];
      for (let tries = 0; entry === undefined && tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        entry = (await archive.list({ namespace })).entries[0];
      }
      requireThat(entry !== undefined, 'the event is in the archive');
      let runs = 0;
      const receiver = at(Date.now());
      requireEqual((await receiver.replay(entry, () => void runs++)).kind, 'duplicate', 'without again');
      requireEqual((await receiver.replay(entry, () => void runs++, { again: true })).kind, 'handled', 'with again');
      requireEqual(runs, 1, 'the runs');
    });

    holds('refuses every row that was changed, and runs nothing', async (open) => {
      const archive = await open();
      const changes: readonly (readonly [AlteredEntry, string])[] = [
        [{ body: Buffer.from('{"id":"a","type":"t","cents":1}') }, 'entry_altered'],
        [{ body: new Uint8Array() }, 'entry_altered'],
        [
          { head: Buffer.from('{"version":1,"headers":[],"proof":{"secretId":"0","signed":{"body":true}}}') },
          'entry_altered',
        ],
        [{ head: Buffer.from('{') }, 'entry_altered'],
        [{ seal: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 'entry_altered'],
        [{ seal: '' }, 'entry_altered'],
        [{ seal: 'not base64!' }, 'entry_altered'],
        [{ receivedAt: Date.now() + 1000 }, 'entry_altered'],
        [{ identity: 'none' }, 'entry_altered'],
        [{ place: 0 }, 'entry_altered'],
        [{ provider: 'another' }, 'entry_unknown'],
        [{ namespace: 'another' }, 'entry_unknown'],
      ];
      let runs = 0;
      for (const [change, code] of changes) {
        const { receiver, namespace } = receiverOn(archive);
        await quietly(() => receiver.receive(deliver({ id: 'a', type: 't', cents: 100 }), fail));
        const { id } = await only(archive, namespace);
        await alter(id, change);
        const outcome = await quietly(() => receiver.replay(id, () => void runs++, { again: true }));
        requireEqual(rejectedAs(outcome as never), code, `after a change of ${Object.keys(change)}`);
      }
      requireEqual(runs, 0, 'the runs');
      // The row of another endpoint, moved here, or under another id.
      const [one, other] = [receiverOn(archive), receiverOn(archive)];
      await quietly(() => one.receiver.receive(deliver({ id: 'a', type: 't' }), fail));
      const moved = await only(archive, one.namespace);
      await alter(moved.id, { namespace: other.namespace });
      requireEqual(
        rejectedAs((await quietly(() => other.receiver.replay(moved.id, fail))) as never),
        'entry_altered',
        'a moved row',
      );
      const renamed = moved.id.slice(0, -4).concat('AAAA');
      await alter(moved.id, { namespace: one.namespace, id: renamed });
      requireEqual(
        rejectedAs((await quietly(() => one.receiver.replay(renamed, fail))) as never),
        'entry_altered',
        'a row under another id',
      );
    });

    holds('never lists or runs an event of another namespace, provider or tenant', async (open) => {
      const archive = await open();
      const namespace = freshName('tenants');
      const secrets = secretsByTenant({ a: secretOf('a'), A: secretOf('b'), 'a ': secretOf('c') }, ({ url }) =>
        decodeURIComponent(url?.slice(1) ?? ''),
      );
      const receiver = createReceiver({
        provider: sender,
        secrets,
        archive: await open({ ...settled, seal: { keys: sealKey } }),
        dedupe: { store: memoryStore(), namespace },
        ...silent,
      });
      for (const [tenant, secret] of [
        ['a', 'a'],
        ['A', 'b'],
        ['a ', 'c'],
      ] as const)
        await receiver.receive(
          { ...deliver({ id: 'x', type: 't' }, secret), url: `/${encodeURIComponent(tenant)}` },
          () => undefined,
        );
      const listed = async (filter: object) =>
        (await archive.list({ namespace, ...filter })).entries.map(({ tenant }) => tenant).sort();
      requireEqual(await listed({}), [], 'without a tenant');
      for (const tenant of ['a', 'A', 'a '])
        requireEqual(await listed({ tenant }), [tenant], `of the tenant ${tenant}`);
      requireEqual(await listed({ allTenants: true }), ['A', 'a', 'a '], 'of all tenants');
      requireEqual(await listed({ allTenants: true, provider: 'another' }), [], 'of another provider');
      for (const spelling of [namespace.toUpperCase(), `${namespace} `, `${namespace}%`, '#', '%'])
        requireEqual(
          (await archive.list({ namespace: spelling, allTenants: true })).entries.length,
          0,
          `of the namespace ${spelling}`,
        );
      const [entry] = (await archive.list({ namespace, tenant: 'a' })).entries;
      requireThat(entry !== undefined, 'there is an entry');
      let runs = 0;
      const refused = await quietly(() => receiver.replay(entry, () => void runs++, { again: true, tenant: 'A' }));
      requireEqual(rejectedAs(refused as never), 'entry_unknown', 'a replay for another tenant');
      const stranger = receiverOn(archive).receiver;
      requireEqual(
        rejectedAs((await quietly(() => stranger.replay(entry, () => void runs++))) as never),
        'entry_unknown',
        'a replay by another receiver',
      );
      requireEqual(runs, 0, 'the runs');
      let tenant: unknown;
      const look = (_: unknown, context: { tenant: string | undefined }) => {
        tenant = context.tenant;
      };
      await receiver.replay(entry, look, { again: true, tenant: 'a' });
      requireEqual(tenant, 'a', 'the tenant of the replay');
    });

    holds('lists each entry once with a cursor, while others come', async (open) => {
      const [reading, ...writing] = await Promise.all([open(), open(), open(), open()]);
      const namespace = freshName('cursor');
      const store = memoryStore();
      const total = 90;
      const writers = writing.map(async (archive, writer) => {
        const { receiver } = receiverOn(archive, { dedupe: { store, namespace } }, namespace);
        for (let at = writer; at < total; at += writing.length)
          await receiver.receive(deliver({ id: `e${at}`, type: 't' }), () => undefined);
      });
      const seen = new Set<string>();
      const cursors: string[] = [];
      let after = 'start';
      const until = performance.now() + 30_000;
      // An entry whose write was slow may be listed twice, and none is ever missed.
      while (seen.size < total && performance.now() < until) {
        const { entries, next } = await (reading as Archive).list({ namespace, after, limit: 7 });
        for (const { eventId, cursor } of entries) {
          seen.add(eventId as string);
          cursors.push(cursor);
        }
        after = next;
        if (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await Promise.all(writers);
      requireEqual(seen.size, total, 'the entries that were listed');
      requireThat(cursors.length < total * 1.5, 'the others were listed once');
      const orderOf = (cursor: string) => cursor.replace(/^\d+/, (position) => position.padStart(16, '0'));
      requireEqual(
        cursors,
        [...cursors].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
        'the order',
      );
      const { entries } = await (reading as Archive).list({ namespace, limit: 1000 });
      requireEqual(entries.length, total, 'all of them at the end');
    });

    holds('lists by provider, type, outcome and time', async (open) => {
      const archive = await open();
      const namespace = freshName('filters');
      const store = memoryStore();
      const at = (time: number) =>
        receiverOn(archive, { dedupe: { store, namespace }, clock: () => new Date(time) }, namespace).receiver;
      const [hour, now] = [3_600_000, Date.now()];
      await at(now - 2 * hour).receive(deliver({ id: 'old', type: 'one' }), () => undefined);
      await quietly(() => at(now - hour).receive(deliver({ id: 'bad', type: 'two' }), fail));
      await at(now).receive(deliver({ id: 'new', type: 'two' }), { three: () => undefined });
      const listed = async (filter: object) =>
        (await archive.list({ namespace, ...filter })).entries.map(({ eventId }) => eventId);
      requireEqual(await listed({}), ['old', 'bad', 'new'], 'all');
      requireEqual(await listed({ type: 'two' }), ['bad', 'new'], 'of a type');
      requireEqual(await listed({ outcome: 'failed' }), ['bad'], 'that failed');
      requireEqual(await listed({ outcome: ['failed', 'no_handler'] }), ['bad', 'new'], 'of two outcomes');
      requireEqual(await listed({ outcome: 'open' }), [], 'that are open');
      requireEqual(await listed({ since: new Date(now - hour) }), ['bad', 'new'], 'since a time');
      requireEqual(await listed({ until: new Date(now - hour) }), ['old'], 'before a time');
      requireEqual(await listed({ provider: sender.name, limit: 1 }), ['old'], 'one');
    });

    holds('hides what has expired, and removes a bounded number at once', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive);
      const ids: string[] = [];
      for (const id of ['a', 'b', 'c', 'd', 'e']) await receiver.receive(deliver({ id, type: 't' }), () => undefined);
      for (const { id } of (await archive.list({ namespace })).entries) ids.push(id);
      for (const id of ids.slice(0, 3)) await alter(id, { expiresAt: 1 });
      requireEqual((await archive.list({ namespace })).entries.length, 2, 'what is left');
      const gone = await quietly(() => receiver.replay(ids[0] as string, fail, { again: true }));
      requireEqual(rejectedAs(gone as never), 'entry_unknown', 'the replay of an expired event');
      requireThat((await archive.prune({ limit: 2 })) <= 2, 'at most two are removed at once');
      for (let left = 1; left > 0; ) left = await archive.prune({ limit: 2 });
      for (const [at, id] of ids.entries()) requireEqual((await peek(id)) === undefined, at < 3, `entry ${at} is gone`);
      const others = receiverOn(archive);
      await others.receiver.receive(deliver({ id: 'a', type: 't' }), () => undefined);
      const soon = new Date(Date.now() + 60_000);
      requireEqual(await archive.prune({ namespace, before: soon, outcome: 'failed' }), 0, 'of another outcome');
      requireEqual(await archive.prune({ namespace, before: soon }), 2, 'before a time');
      requireEqual(
        (await archive.list({ namespace: others.namespace })).entries.length,
        1,
        'those of another endpoint stay',
      );
    });

    holds('stores only what encrypt returned, and runs what decrypt returns', async (open) => {
      const flip = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
      const archive = await open({ ...settled, encrypt: async (bytes) => flip(bytes), decrypt: flip });
      const { receiver, namespace } = receiverOn(archive);
      await quietly(() =>
        receiver.receive(deliver({ id: 'a', type: 't', name: 'a personal name' }, 'a', { 'x-shop': 'the shop' }), fail),
      );
      const { id } = await only(archive, namespace);
      const peeked = await peek(id);
      for (const [part, text] of [
        ['body', 'personal'],
        ['head', 'x-shop'],
        ['error', 'handler failed'],
      ] as const) {
        const bytes = peeked?.[part] ?? new Uint8Array();
        requireThat(
          bytes.length > 0 && !Buffer.from(bytes).toString('latin1').includes(text),
          `the ${part} is not readable`,
        );
        requireThat(Buffer.from(flip(bytes)).toString().includes(text), `the ${part} is there`);
      }
      let name: unknown;
      await receiver.replay(id, (event) => {
        name = (event.payload as { name: string }).name;
      });
      requireEqual(name, 'a personal name', 'what a replay sees');
      const plain = receiverOn(await open(), {}, namespace).receiver;
      requireEqual(
        rejectedAs((await quietly(() => plain.replay(id, fail, { again: true }))) as never),
        'entry_altered',
        'without the key',
      );
    });

    holds('runs one event of a batch, whose bytes are stored once', async (open) => {
      const archive = await open();
      const namespace = freshName('batch');
      const receiver = createReceiver({
        provider: batchSender,
        secrets: secretOf('a'),
        archive,
        dedupe: { store: memoryStore(), namespace },
        ...silent,
      });
      const seen: unknown[] = [];
      const some = (event: { id: string | undefined }) => {
        if (event.id === 'two') throw new Error('not this one');
        seen.push(event.id);
      };
      const delivery = deliver({
        events: [
          { id: 'one', type: 't' },
          { id: 'two', type: 't' },
          { id: 'three', type: 't' },
        ],
      });
      await quietly(() => receiver.receive(delivery, some));
      const { entries } = await archive.list({ namespace });
      requireEqual(
        entries.map(({ eventId, place, outcome }) => [eventId, place, outcome]).sort(),
        [
          ['one', 0, 'handled'],
          ['three', 2, 'handled'],
          ['two', 1, 'failed'],
        ],
        'the entries',
      );
      for (const { id } of entries) requireEqual((await peek(id))?.body, undefined, 'the bytes of one event');
      const failed = entries.find(({ eventId }) => eventId === 'two');
      requireThat(failed !== undefined, 'the second event is in the archive');
      seen.length = 0;
      await receiver.replay(failed, (event) => void seen.push([event.id, event.payload]));
      requireEqual(seen, [['two', { id: 'two', type: 't' }]], 'the replay');
      await quietly(() => receiver.receive(delivery, some));
      requireEqual(
        (await archive.list({ namespace })).entries.map(({ deliveries, outcome }) => [deliveries, outcome]),
        [
          [2, 'handled'],
          [2, 'handled'],
          [2, 'handled'],
        ],
        'after a retry',
      );
    });

    holds('has dead letters, which run again when they are replayed or sent again', async (open) => {
      const archive = await open();
      const { receiver, namespace } = receiverOn(archive, {
        deadLetter: { afterAttempts: 1 },
      });
      for (const id of ['replayed', 'sent again'])
        await quietly(() => receiver.receive(deliver({ id, type: 't' }), fail));
      const outcomes = async () => (await archive.list({ namespace })).entries.map(({ outcome }) => outcome);
      requireEqual(await outcomes(), ['dead_lettered', 'dead_lettered'], 'after the last attempt');
      const [first] = (await archive.list({ namespace, outcome: 'dead_lettered' })).entries;
      requireThat(first !== undefined, 'the first is listed');
      let runs = 0;
      requireEqual((await quietly(() => receiver.replay(first, fail))).kind, 'failed', 'a replay that fails');
      requireEqual((await receiver.replay(first, () => void runs++)).kind, 'handled', 'a replay');
      requireEqual((await receiver.replay(first, () => void runs++)).kind, 'duplicate', 'the next');
      requireEqual(
        (await receiver.receive(deliver({ id: 'sent again', type: 't' }), () => void runs++)).kind,
        'handled',
        'sent again by the sender',
      );
      requireEqual([runs, ...(await outcomes())], [2, 'handled', 'handled'], 'the end');
    });

    holds('opens seals of a retired key until its end, and no others', async (open) => {
      const old = { value: 'retired-seal-key-0123456789abcdef' };
      const sealedBy = async (...keys: { value: string; notAfter?: Date }[]) => open({ ...settled, seal: { keys } });
      const { receiver, namespace } = receiverOn(await sealedBy(old));
      await quietly(() => receiver.receive(deliver({ id: 'a', type: 't' }), fail));
      const { id } = await only(await open(), namespace);
      const replayWith = async (archive: Archive) =>
        rejectedAs((await quietly(() => receiverOn(archive, {}, namespace).receiver.replay(id, fail))) as never);
      const [ahead, past] = [new Date(Date.now() + 60_000), new Date(Date.now() - 1000)];
      requireEqual(
        await replayWith(await sealedBy({ value: sealKey }, { ...old, notAfter: ahead })),
        'failed',
        'before its end',
      );
      requireEqual(
        await replayWith(await sealedBy({ value: sealKey }, { ...old, notAfter: past })),
        'entry_altered',
        'after its end',
      );
      requireEqual(await replayWith(await sealedBy({ value: sealKey })), 'entry_altered', 'with another key');
      requireEqual(await replayWith(await open()), 'entry_altered', 'with the key of the secret');
    });

    if (outage === undefined) skip(runner, 'handles nothing while the backend is away (no outage given)');
    else
      holds('handles nothing while the backend is away, and asks the sender to retry', async (open) => {
        const archive = await open({ ...settled, timeoutSeconds: 2 });
        const { receiver, namespace } = receiverOn(archive);
        let runs = 0;
        await outage.cut();
        const away = await quietly(() => receiver.receive(deliver({ id: 'a', type: 't' }), () => void runs++)).finally(
          () => outage.restore(),
        );
        requireEqual([rejectedAs(away as never), runs], ['archive_unavailable', 0], 'while it is away');
        let back = '';
        for (let tries = 0; back !== 'handled' && tries < 50; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          back = (await quietly(() => receiver.receive(deliver({ id: 'a', type: 't' }), () => void runs++))).kind;
        }
        requireEqual([back, runs], ['handled', 1], 'the retry when it is back');
        requireEqual((await only(await open(), namespace)).outcome, 'handled', 'its entry');
      });
  });
}
