import { findMissing, type LiveServer, startPostgres, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { postgresArchive } from '@countersign/stores/postgres-archive';
import { archiveContract } from '@countersign/testing';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsBy } from './archive-rows.ts';
import { titleOf } from './process-options.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('a live archive in PostgreSQL', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    proxy = await startTcpProxy(server.port);
    eye = new pg.Pool({ connectionString: server.url, max: 5 });
    // Several processes of a deployment do so at once.
    await Promise.all([1, 2, 3].map(() => postgresArchive({ client: eye }).migrate()));
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await proxy?.close();
    await server?.stop();
  });
  const rows = rowsBy(async (text, values) => (await eye.query(text, values)).rows, true);

  describe('through a pool of pg', () => {
    archiveContract(
      { describe, it },
      {
        make(options) {
          const connectionString = server.url.replace(String(server.port), String(proxy.port));
          const client = new pg.Pool({ connectionString, max: 10 });
          client.on('error', () => undefined);
          return { archive: postgresArchive({ client, ...options }), close: () => client.end() };
        },
        ...rows,
        outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
      },
    );
  });

  describe('through the postgres package', () => {
    archiveContract(
      { describe, it },
      {
        make(options) {
          const client = postgres(server.url.replace(String(server.port), String(proxy.port)), {
            max: 10,
            onnotice: () => undefined,
          });
          return { archive: postgresArchive({ client, ...options }), close: () => client.end() };
        },
        ...rows,
        outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
      },
    );
  });

  it('refuses a table of a newer version, and says how to make a missing one', async () => {
    const archive = postgresArchive({ client: eye, table: 'public.newer_archive' });
    await expect(archive.list({ namespace: 'a' })).rejects.toMatchObject({
      code: 'archive_unavailable',
      hint: expect.stringContaining('await archive.migrate()'),
    });
    await archive.migrate();
    await archive.migrate();
    expect((await archive.list({ namespace: 'a' })).entries).toEqual([]);
    await eye.query("UPDATE public.newer_archive SET place = 9 WHERE id = 'countersign-schema-version'");
    await expect(archive.migrate()).rejects.toThrow(/has version 9/);
    for (const table of ['a; DROP TABLE b', 'a"b', 'a.b.c', ''])
      expect(() => postgresArchive({ client: eye, table })).toThrow(/options_invalid/);
  });
});

describe('an archive in PGlite', () => {
  const database = new PGlite();
  beforeAll(async () => postgresArchive({ client: database }).migrate(), 60_000);
  afterAll(() => database.close());
  archiveContract(
    { describe, it },
    {
      make: (options) => ({ archive: postgresArchive({ client: database, ...options }) }),
      ...rowsBy(async (text, values) => (await database.query(text, values)).rows as Record<string, unknown>[], true),
    },
  );
});
