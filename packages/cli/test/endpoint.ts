/** An endpoint for the commands that send: ours, with what a contract needs to know of it, or one that verifies nothing. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, memoryStore, type WebhookEvent } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { stripe } from '@countersign/providers/stripe';
import { afterAll } from 'vitest';

export const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

/** @param kind `careless` acknowledges all and does nothing */
export async function startEndpoint(kind: 'careful' | 'careless' = 'careful') {
  const effects: string[] = [];
  const modes = new Set<string>();
  const receiver = createReceiver({
    provider: stripe,
    secrets: secret,
    dedupe: memoryStore(),
    handlerTimeoutSeconds: 0.2,
    onWarning: () => undefined,
    onOutcome: () => undefined,
  });
  const serve = nodeHandler(receiver, (async ({ id }: WebhookEvent) => {
    if (modes.has('failing')) throw new Error('on demand');
    if (modes.has('hanging')) await new Promise((resolve) => setTimeout(resolve, 300));
    else effects.push(id as string);
  }) as never);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://localhost');
    if (pathname !== '/control') {
      if (kind === 'careful') void serve(request, response);
      else request.resume().on('end', () => response.end('{"ok":true}'));
    } else if (request.method === 'POST') {
      const [[name, value] = ['', '']] = [...searchParams];
      if (value === 'on') modes.add(name);
      else modes.delete(name);
      response.writeHead(204).end();
    } else if (searchParams.has('order')) response.end(JSON.stringify(effects));
    else response.end(String(effects.filter((id) => id === searchParams.get('effects')).length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${base}/hook`, control: `${base}/control`, effects };
}
