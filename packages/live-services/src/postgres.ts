/** A private PostgreSQL. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './binaries.ts';
import { type LiveServer, pingTcp, startServer } from './server-process.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /**
   * True if a commit waits for the disk, which is the default; false is faster and shows the same for a killed client.
   */
  readonly fsync?: boolean;
  readonly maxConnections?: number;
}

/** A startup message of protocol 3.0, which a server that is ready answers with a request for authentication (`R`). */
export function startupMessage(): string {
  const body = '\u0000\u0003\u0000\u0000user\u0000postgres\u0000database\u0000postgres\u0000\u0000';
  return `\u0000\u0000\u0000${String.fromCharCode(body.length + 4)}${body}`;
}

export function startPostgres({ fsync = true, maxConnections = 200 }: PostgresOptions = {}): Promise<LiveServer> {
  return startServer({
    name: 'postgres',
    user: 'postgres',
    prepare(folder, owner) {
      const options = [
        '-D',
        join(folder, 'data'),
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C',
        '--no-sync',
      ];
      return run(findProgram('initdb'), options, { cwd: folder, ...owner });
    },
    command: (folder, port) => [
      findProgram('postgres'),
      ...['-D', join(folder, 'data'), '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
      ...['-c', `fsync=${fsync ? 'on' : 'off'}`, '-c', `max_connections=${maxConnections}`],
    ],
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    ping: (port) => pingTcp(port, startupMessage(), (answer) => answer[0] === 0x52),
  });
}
