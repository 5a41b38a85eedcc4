/** Serves one app under contract on Deno, which prints its port. `deno run -A deno-server.ts hono|fetch` */

import { adapterApp } from '@countersign/testing/adapter-app';
import { fetchApp } from './fetch-app.ts';
import { honoApp } from './hono-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: the types of Deno are not installed
const { Deno } = globalThis as any;
const serve = Deno.args[0] === 'hono' ? honoApp(adapterApp()).fetch : fetchApp(adapterApp());
const onListen = ({ port }: { port: number }) => console.log(`port ${port}`);
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, serve);
