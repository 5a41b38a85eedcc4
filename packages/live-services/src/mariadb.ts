/** A private MariaDB. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './binaries.ts';
import { type LiveServer, pingTcp, startServer } from './server-process.ts';

const run = promisify(execFile);

/** Root without a password, over TCP on loopback; the database is `test`. */
export function startMariadb(): Promise<LiveServer> {
  return startServer({
    name: 'mariadb',
    user: 'mysql',
    prepare(folder, owner) {
      const options = [
        '--no-defaults',
        `--datadir=${join(folder, 'data')}`,
        '--auth-root-authentication-method=normal',
        // Two that start at once meet in the folder for all: their temporary tables may have the same names.
        `--tmpdir=${folder}`,
      ];
      return run(findProgram('mariadb-install-db'), [...options, '--skip-name-resolve'], {
        cwd: folder,
        ...owner,
      });
    },
    command: (folder, port) => [
      findProgram('mariadbd'),
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--tmpdir=${folder}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-buffer-pool-size=64M',
      '--max-connections=300',
    ],
    url: (port) => `mysql://root@127.0.0.1:${port}/test`,
    // The server speaks first: protocol version 10.
    ping: (port) => pingTcp(port, '', (answer) => answer[4] === 10),
  });
}
