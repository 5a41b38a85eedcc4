/** Every framework and runtime on which the adapter contract is run. */

import { adapterApp } from '@countersign/testing/adapter-app';
import { getRequestListener } from '@hono/node-server';
import express5 from 'express';
// @ts-expect-error: Express 4 is here under another name, without types of its own
import express4 from 'express-4';
import fastify5 from 'fastify';
import fastify4 from 'fastify-4';
import type { AdapterServer } from './adapter-server.ts';
import { expressApp } from './express-app.ts';
import { fastifyApp } from './fastify-app.ts';
import { fetchApp } from './fetch-app.ts';
import { honoApp } from './hono-app.ts';
import { koaApp } from './koa-app.ts';
import { type Gateway, lambdaBridge } from './lambda-bridge.ts';
import { serveLocally, urlOf } from './local-server.ts';
import { nestServers } from './nest-servers.ts';
import { startNext, startNextDev, underApi } from './next-servers.ts';
import { nodeApp } from './node-app.ts';
import { findMissingRuntime, startRuntime, startWorkerd } from './runtime-servers.ts';

export type { AdapterServer } from './adapter-server.ts';

const expressHint = /express\.json\(\) .*before app\.use\(express\.json\(\)\)/;
const honoHint = /c\.req\.json\(\)/;
const nextHint = /Export webhook\(receiver, handle\) itself as POST/;
const gatewayReads = 'the gateway passes whole requests';
const lambda = (gateway: Gateway): AdapterServer => ({
  name: `Lambda, ${gateway}`,
  parsedHint: /not a proxy integration/,
  mount: () => serveLocally(lambdaBridge(gateway, adapterApp())),
  forms: ['handler'],
  leftOut: {
    'a body that stalls': gatewayReads,
    'a sender that goes away': gatewayReads,
    'a body announced as too large': gatewayReads,
    'a body that was drained': gatewayReads,
    'mounting it twice': 'a function is one handler',
    'other routes': 'a function is one handler',
  },
});
const fastify = (name: string, create: typeof fastify5): AdapterServer => ({
  name,
  parsedHint: /Fastify's text parser .*add no content type parser/,
  async mount() {
    const server = await fastifyApp(create, adapterApp());
    await server.listen({ port: 0, host: '127.0.0.1' });
    return { url: urlOf(server.server), stop: () => server.close() };
  },
});
export const adapterServers: readonly AdapterServer[] = [
  { name: 'Express 4', parsedHint: expressHint, mount: () => serveLocally(expressApp(express4, adapterApp())) },
  { name: 'Express 5', parsedHint: expressHint, mount: () => serveLocally(expressApp(express5, adapterApp())) },
  fastify('Fastify 4', fastify4 as never),
  fastify('Fastify 5', fastify5),
  {
    name: 'Hono on Node',
    parsedHint: honoHint,
    mount: () => serveLocally(getRequestListener(honoApp(adapterApp()).fetch)),
  },
  {
    name: 'Hono on Bun',
    parsedHint: honoHint,
    mount: () => startRuntime('bun', 'hono'),
    missing: findMissingRuntime('bun'),
  },
  {
    name: 'Hono on Deno',
    parsedHint: honoHint,
    mount: () => startRuntime('deno', 'hono'),
    missing: findMissingRuntime('deno'),
  },
  { name: 'Hono on workerd', parsedHint: honoHint, mount: () => startWorkerd('hono') },
  { name: 'Next.js, App Router', parsedHint: nextHint, mount: startNext },
  { name: 'Next.js dev, App Router', parsedHint: nextHint, mount: startNextDev },
  {
    name: 'Next.js, Pages Router',
    parsedHint: /Next\.js's body parser .*export const config = { api: { bodyParser: false } }/,
    mount: async () => underApi(await startNext()),
    forms: ['handler'],
  },
  { name: 'node:http', mount: () => serveLocally(nodeApp(adapterApp())) },
  {
    name: 'Koa',
    parsedHint: /in Koa, before koa-bodyparser/,
    mount: () => serveLocally(koaApp(adapterApp()).callback()),
  },
  ...nestServers,
  { name: 'fetch on Node', mount: () => serveLocally(getRequestListener(fetchApp(adapterApp()))) },
  { name: 'fetch on Bun', mount: () => startRuntime('bun', 'fetch'), missing: findMissingRuntime('bun') },
  { name: 'fetch on Deno', mount: () => startRuntime('deno', 'fetch'), missing: findMissingRuntime('deno') },
  { name: 'fetch on workerd', mount: () => startWorkerd('fetch') },
  lambda('REST API'),
  lambda('HTTP API'),
  lambda('load balancer'),
];
