/** A private NATS server with JetStream. */

import { join } from 'node:path';
import { findProgram } from './binaries.ts';
import { type LiveServer, pingTcp, startServer } from './server-process.ts';

export function startNats(): Promise<LiveServer> {
  return startServer({
    name: 'nats',
    command: (folder, port) => [
      findProgram('nats-server'),
      ...['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(folder, 'jetstream')],
    ],
    url: (port) => `nats://127.0.0.1:${port}`,
    // The server speaks first.
    ping: (port) => pingTcp(port, '', (answer) => answer.toString('latin1').startsWith('INFO ')),
  });
}
