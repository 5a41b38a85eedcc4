/** One framework in its own process, which reports its memory use to its parent. `memory-server.ts <name>` */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AdapterApp, adapterApp, contractPaths } from '@countersign/testing/adapter-app';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { expressApp } from './express-app.ts';
import { fastifyApp } from './fastify-app.ts';
import { honoApp } from './hono-app.ts';
import { urlOf } from './local-server.ts';
import { nodeApp } from './node-app.ts';

const listeners: Record<string, (app: AdapterApp) => RequestListener> = {
  'Express 5': (app) => expressApp(express, app),
  'Hono on Node': (app) => getRequestListener(honoApp(app).fetch),
  'node:http': nodeApp,
};

async function start(name: string): Promise<Server> {
  if (name === 'Fastify 5') {
    const app = await fastifyApp(fastify, adapterApp());
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  }
  const listener = listeners[name]?.(adapterApp());
  if (listener === undefined) throw new Error(`There is no ${name}.`);
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const server = await start(process.argv[2] ?? '');
process.send?.({ url: urlOf(server), path: contractPaths.handler });
process.on('message', () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  process.send?.({ held: heapUsed + external + arrayBuffers, rss });
});
process.on('disconnect', () => process.exit());
