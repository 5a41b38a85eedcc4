/** A private Redis. */

import { findProgram } from './binaries.ts';
import { type LiveServer, pingTcp, startServer } from './server-process.ts';

export interface RedisOptions {
  /** `appendfsync`, or `off` for a server without persistence. Default `off`. */
  readonly appendOnly?: 'off' | 'everysec' | 'always';
  /** True for a node of a cluster that has yet to be formed. */
  readonly isClusterNode?: boolean;
}

export function startRedis({ appendOnly = 'off', isClusterNode = false }: RedisOptions = {}): Promise<LiveServer> {
  return startServer({
    name: 'redis',
    command: (folder, port) => [
      findProgram('redis-server'),
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--daemonize', 'no'],
      ...(appendOnly === 'off' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', appendOnly]),
      ...(isClusterNode ? ['--cluster-enabled', 'yes'] : []),
    ],
    url: (port) => `redis://127.0.0.1:${port}`,
    // While it loads its file it answers -LOADING.
    ping: (port) => pingTcp(port, 'PING\r\n', (answer) => answer.toString('latin1').startsWith('+PONG')),
  });
}
