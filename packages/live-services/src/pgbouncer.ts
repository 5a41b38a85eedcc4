/** A private PgBouncer in front of a private PostgreSQL. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './binaries.ts';
import { startupMessage } from './postgres.ts';
import { type LiveServer, pingTcp, startServer } from './server-process.ts';

export interface PgbouncerOptions {
  /** Connections to PostgreSQL, shared by the clients. */
  readonly poolSize: number;
}

/** Gives each transaction whichever connection is free (`pool_mode = transaction`). */
export function startPgbouncer({ port: target }: LiveServer, { poolSize }: PgbouncerOptions): Promise<LiveServer> {
  return startServer({
    name: 'pgbouncer',
    user: 'postgres',
    prepare(folder) {
      writeFileSync(join(folder, 'users.txt'), '"postgres" ""\n');
    },
    command(folder, port) {
      const settings = [
        '[databases]',
        `* = host=127.0.0.1 port=${target}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = trust',
        `auth_file = ${join(folder, 'users.txt')}`,
        'pool_mode = transaction',
        `default_pool_size = ${poolSize}`,
        'max_client_conn = 200',
        'ignore_startup_parameters = extra_float_digits',
      ];
      writeFileSync(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`);
      return [findProgram('pgbouncer'), join(folder, 'pgbouncer.ini')];
    },
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    ping: (port) => pingTcp(port, startupMessage(), (answer) => answer[0] === 0x52),
  });
}
