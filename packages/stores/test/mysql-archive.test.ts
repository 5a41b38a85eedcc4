import { findMissing, type LiveServer, startMariadb, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { mysqlArchive } from '@countersign/stores/mysql-archive';
import { archiveContract } from '@countersign/testing';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsBy } from './archive-rows.ts';
import { titleOf } from './process-options.ts';

const missing = findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('a live archive in MariaDB', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: Pool;
  beforeAll(async () => {
    server = await startMariadb();
    proxy = await startTcpProxy(server.port);
    eye = createPool({ uri: server.url, connectionLimit: 5 });
    await Promise.all([1, 2, 3].map(() => mysqlArchive({ client: eye }).migrate()));
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await proxy?.close();
    await server?.stop();
  });
  const rows = rowsBy(async (text, values) => {
    const [found] = await eye.query<RowDataPacket[]>(text, values);
    return Array.isArray(found) ? found : [];
  });

  describe('through a pool of mysql2/promise', () => {
    archiveContract(
      { describe, it },
      {
        make(options) {
          const uri = server.url.replace(String(server.port), String(proxy.port));
          const client = createPool({ uri, connectionLimit: 10 });
          return { archive: mysqlArchive({ client, ...options }), close: () => client.end() };
        },
        ...rows,
        outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
      },
    );
  });

  const modes = [
    'EMPTY_STRING_IS_NULL,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT',
    'ORACLE',
    'TRADITIONAL,SIMULTANEOUS_ASSIGNMENT,PAD_CHAR_TO_FULL_LENGTH',
  ];
  describe.each(process.env.COUNTERSIGN_NIGHTLY === '1' ? modes : modes.slice(0, 1))(
    'through a pool with callbacks in the mode %s, without autocommit',
    (mode) => {
      archiveContract(
        { describe, it },
        {
          make(options) {
            const uri = server.url.replace(String(server.port), String(proxy.port));
            const client = createCallbackPool({ uri, connectionLimit: 10 });
            client.on('connection', (connection) => {
              connection.query(`SET sql_mode = '${mode}'`);
              connection.query("SET autocommit = 0, time_zone = '-07:00'");
            });
            return {
              archive: mysqlArchive({ client, ...options }),
              close: () => new Promise<void>((resolve) => client.end(() => resolve())),
            };
          },
          ...rows,
          outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
        },
      );
    },
  );

  it('refuses a table of a newer version, and says how to make a missing one', async () => {
    const archive = mysqlArchive({ client: eye, table: 'newer_archive' });
    await expect(archive.list({ namespace: 'a' })).rejects.toMatchObject({
      code: 'archive_unavailable',
      hint: expect.stringContaining('await archive.migrate()'),
    });
    await archive.migrate();
    await eye.query("UPDATE newer_archive SET place = 9 WHERE id = 'countersign-schema-version'");
    await expect(archive.migrate()).rejects.toThrow(/has version 9/);
    for (const table of ['a; DROP TABLE b', 'a`b', 'a.b.c'])
      expect(() => mysqlArchive({ client: eye, table })).toThrow(/options_invalid/);
  });
});
