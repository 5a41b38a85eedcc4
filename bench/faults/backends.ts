/** The real backend of a scenario: a private server, or a file. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LiveServer, startMariadb, startPostgres, startRedis } from '@countersign/live-services';
import { type BackendClient, openBackend } from './backend-client.ts';
import { isOrm, type StoreName } from './wire.ts';

export interface Backend {
  readonly name: StoreName;
  readonly url: string;
  readonly server: LiveServer | undefined;
  /** The ledger to which receivers append. */
  readonly ledger: string;
  readonly folder: string;
  /** The judge's own client. */
  readonly client: BackendClient;
  stop(): Promise<void>;
}

export async function startBackend(
  name: StoreName,
  options: { appendOnly?: 'off' | 'everysec' | 'always' } = {},
): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
  const server = await startServerOf(name, options);
  const url = server?.url ?? join(folder, 'claims.db');
  const client = openBackend(name, url);
  await client.migrate();
  return {
    name,
    url,
    server,
    folder,
    ledger: join(folder, 'ledger'),
    client,
    async stop() {
      await client.close().catch(() => undefined);
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startServerOf(name: StoreName, options: { appendOnly?: 'off' | 'everysec' | 'always' }) {
  if (name === 'postgres' || isOrm(name)) return startPostgres();
  if (name === 'mysql') return startMariadb();
  if (name === 'sqlite') return undefined;
  return startRedis(options);
}
