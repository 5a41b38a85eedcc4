/** Serves one app under contract on Bun and prints its port. `bun bun-server.ts hono|fetch` */

import { adapterApp } from '@countersign/testing/adapter-app';
import { fetchApp } from './fetch-app.ts';
import { honoApp } from './hono-app.ts';

const fetch = process.argv[2] === 'hono' ? honoApp(adapterApp()).fetch : fetchApp(adapterApp());
// biome-ignore lint/suspicious/noExplicitAny: the types of Bun are not installed
const server = (globalThis as any).Bun.serve({ port: 0, hostname: '127.0.0.1', fetch });
console.log(`port ${server.port}`);
