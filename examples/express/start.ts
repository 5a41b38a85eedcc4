/** Starts the example app on loopback with a handler that the demo can watch and make fail. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyEvent, Outcome } from '@countersign/core';
import type { Running } from './cases.ts';
import { secrets } from './senders.ts';
import { createApp } from './server.ts';

/** @param port 0 for any that is free */
export async function start(port = 0): Promise<Running & { readonly server: Server }> {
  const failOnce = new Set<string>();
  const handled: string[] = [];
  let last: Outcome<AnyEvent> | undefined;
  const app = createApp({
    secrets,
    onOutcome: (outcome) => {
      last = outcome;
    },
    handle: (event) => {
      if (failOnce.delete(event.text())) throw new Error('the database is down');
      handled.push(`${event.provider} ${event.text()}`);
    },
  });
  const server = app.listen(port, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return { port: (server.address() as AddressInfo).port, failOnce, handled, last: () => last, server };
}
