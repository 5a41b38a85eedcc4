/** Archive and store of one database together: what is left of an event whose process or transaction ends. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReceiver, type HandlerContext } from '@countersign/core';
import { findMissing, startMariadb, startPostgres } from '@countersign/live-services';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ArchiveBackend, openBackend } from './archive-backends.ts';
import { archivedDelivery, archivedOptions } from './archive-shop.ts';
import { execArgv, titleOf } from './process-options.ts';
import { later } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const victim = fileURLToPath(new URL('./archive-victim.ts', import.meta.url));
/** Starts a process, and kills it when it is where it should be. */
const kill = (...words: string[]) =>
  new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [...execArgv, victim, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', () => child.kill('SIGKILL'));
    child.on('exit', (_, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error('The process ended early.'))));
  });

interface Started {
  readonly url: string;
  stop(): Promise<unknown>;
}
const backends: readonly (readonly [string, string | undefined, () => Promise<Started>])[] = [
  ['live PostgreSQL', findMissing('postgres'), () => startPostgres({ fsync: false })],
  ['live MariaDB', findMissing('mariadb'), () => startMariadb()],
  ['SQLite', undefined, async () => ({ url: join(folder, 'both.db'), stop: async () => undefined })],
];

for (const [name, missing, start] of backends)
  describe.skipIf(missing !== undefined)(titleOf(`an archive and a store in ${name}`, missing), () => {
    let server: Started;
    let backend: ArchiveBackend;
    let namespace = '';
    let count = 0;
    beforeAll(async () => {
      server = await start();
      backend = openBackend(server.url);
      await backend.store.migrate();
      await backend.archive.migrate();
      await backend.run('CREATE TABLE effects (id VARCHAR(64) NOT NULL)');
    }, 60_000);
    afterAll(async () => {
      await backend?.close();
      await server?.stop();
    });
    beforeEach(() => {
      namespace = `both-${count++}`;
      vi.spyOn(console, 'error').mockImplementation(() => undefined);
    });
    afterEach(() => vi.restoreAllMocks());

    const receiverOf = (dedupe: object = {}, policy: object = {}) =>
      createReceiver({
        ...archivedOptions,
        archive: backend.archive,
        dedupe: { store: backend.store, namespace, leaseSeconds: 1, ...dedupe },
        ...policy,
      });
    const entries = async () => (await backend.archive.list({ namespace })).entries;
    const effects = async () => (await backend.run(`SELECT id FROM effects WHERE id = '${namespace}'`)).length;
    const effect = (context?: HandlerContext) => backend.run(`INSERT INTO effects VALUES ('${namespace}')`, context);

    it.each(['claim', 'handler'])(
      'have an event whose process is killed in the %s, and run it once',
      async (stage) => {
        await kill(server.url, namespace, stage);
        const [entry] = await entries();
        expect(entry).toMatchObject({ outcome: 'open', attempts: 0, eventId: 'killed' });
        const receiver = receiverOf();
        const run = vi.fn();
        const id = entry?.id as string;
        for (let tries = 0; tries < 60 && (await receiver.replay(id, run)).kind === 'in_flight'; tries++)
          await later(50);
        expect(run).toHaveBeenCalledTimes(1);
        expect((await receiver.replay(id, run)).kind).toBe('duplicate');
        expect((await receiver.receive(archivedDelivery('killed'), run)).kind).toBe('duplicate');
        expect(run).toHaveBeenCalledTimes(1);
        expect(await entries()).toMatchObject([{ outcome: 'handled', attempts: 1, deliveries: 2 }]);
      },
      30_000,
    );

    it('keep the entry of an event whose transaction was rolled back, and replay it in one', async () => {
      const receiver = receiverOf({ mode: 'transactional' });
      const failing = async (_: unknown, context: HandlerContext) => {
        await effect(context);
        throw new Error('after the write');
      };
      expect((await receiver.receive(archivedDelivery('a'), failing)).kind).toBe('failed');
      expect(await effects()).toBe(0);
      const [entry] = await entries();
      expect(entry).toMatchObject({ outcome: 'failed', attempts: 1 });
      const id = entry?.id as string;
      expect(await receiver.archivedEntry(id)).toMatchObject({ error: 'Error: after the write' });
      expect((await receiver.replay(id, failing)).kind).toBe('failed');
      const writing = async (_: unknown, context: HandlerContext) => void (await effect(context));
      const kinds = await Promise.all([1, 2, 3].map(async () => (await receiver.replay(id, writing)).kind));
      expect(kinds.filter((kind) => kind === 'handled')).toHaveLength(1);
      expect(await effects()).toBe(1);
      expect((await receiver.replay(id, writing, { again: true })).kind).toBe('handled');
      expect(await effects()).toBe(2);
      expect(await entries()).toMatchObject([{ outcome: 'handled', attempts: 4, replays: 3 }]);
    }, 30_000);

    it('record a handler that succeeds after its deadline', async () => {
      const receiver = receiverOf({}, { handlerTimeoutSeconds: 0.1 });
      expect((await receiver.receive(archivedDelivery('a'), () => later(300))).kind).toBe('failed');
      expect(await entries()).toMatchObject([{ outcome: 'failed' }]);
      await vi.waitFor(async () => expect(await entries()).toMatchObject([{ outcome: 'handled', attempts: 1 }]), 5000);
    });

    it('skip an older event in a replay only if asked', async () => {
      const ordering = { entity: () => namespace, position: (event: { id: string | undefined }) => Number(event.id) };
      const receiver = receiverOf({}, { ordering });
      const fail = () => {
        throw new Error('handler');
      };
      await receiver.receive(archivedDelivery('1'), fail);
      await receiver.receive(archivedDelivery('2'), () => undefined);
      const [old] = await entries();
      const run = vi.fn();
      expect((await receiver.replay(old?.id as string, run, { ordering: true })).kind).toBe('stale');
      expect(run).not.toHaveBeenCalled();
      expect((await receiver.replay(old?.id as string, run, { again: true })).kind).toBe('handled');
      expect(run).toHaveBeenCalledTimes(1);
    });
  });
