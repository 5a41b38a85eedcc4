/** A private RabbitMQ of one node. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './binaries.ts';
import { findFreePort, type LiveServer, pingTcp, startServer } from './server-process.ts';

/** User and password are `guest`. Takes about six seconds to start. */
export function startRabbitmq(): Promise<LiveServer> {
  let distributionPort = 0;
  return startServer({
    name: 'rabbitmq',
    // It takes six seconds of processor time, and several times as long on a busy machine.
    startTimeoutSeconds: 120,
    async prepare(folder) {
      distributionPort = await findFreePort();
      writeFileSync(join(folder, 'plugins'), '[].\n');
    },
    command(folder, port) {
      const settings = [
        `listeners.tcp.1 = 127.0.0.1:${port}`,
        'disk_free_limit.absolute = 1MB',
        'vm_memory_high_watermark.absolute = 512MB',
      ];
      writeFileSync(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
      const variables = {
        HOME: folder,
        // The program becomes the server, so that a signal reaches it.
        RUNNING_UNDER_SYSTEMD: '1',
        RABBITMQ_NODENAME: `countersign${port}@localhost`,
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_MNESIA_BASE: join(folder, 'data'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_LOGS: '-',
        RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
        RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        RABBITMQ_PID_FILE: join(folder, 'pid'),
        // One node needs no daemon that knows the ports of all nodes, which would stay behind.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+S 1:1 +sbwt none -start_epmd false -erl_epmd_port ${distributionPort}`,
      };
      const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      return ['/usr/bin/env', ...assignments, findProgram('rabbitmq-server')];
    },
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    // The header of AMQP 0-9-1 is answered by a frame with a method.
    ping: (port) => pingTcp(port, 'AMQP\u0000\u0000\u0009\u0001', (answer) => answer[0] === 1),
  });
}
