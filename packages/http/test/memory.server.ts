/** A server in a process of its own, which tells its parent how much memory it holds. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { nodeHandler } from '../src/node/node.ts';

const provider = defineProvider({ name: 'memory', scheme: rawBodyHmac({ header: 'x-sig' }) });
const receiver = createReceiver({
  provider,
  secrets: '0123456789abcdef0123456789abcdef',
  maxBodyBytes: 262_144,
  onOutcome: () => undefined,
  onWarning: () => undefined,
});
const server = createServer(nodeHandler(receiver, () => undefined));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

const held = () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { held: heapUsed + external + arrayBuffers, rss };
};
process.on('message', () => process.send?.(held()));
