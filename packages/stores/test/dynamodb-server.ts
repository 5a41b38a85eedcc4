/** Dynalite, a DynamoDB in memory, and clients of the AWS SDK for it. */

import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { DynamoDB } from '@aws-sdk/client-dynamodb';

// It has no types and is CommonJS.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

export async function startDynalite(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function connectDynamodb(port: number): DynamoDB {
  return new DynamoDB({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
}
