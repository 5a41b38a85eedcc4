/** The worker under contract: Hono below `/hono`, plain Request and Response below `/fetch`. */

import { adapterApp } from '@countersign/testing/adapter-app';
import { fetchApp } from './fetch-app.ts';
import { honoApp } from './hono-app.ts';

const apps: Record<string, (request: Request, env: unknown, context: unknown) => Response | Promise<Response>> = {
  hono: honoApp(adapterApp()).fetch as never,
  fetch: fetchApp(adapterApp()),
};

export default {
  fetch(request: Request, env: unknown, context: unknown) {
    const url = new URL(request.url);
    const [, name = '', ...rest] = url.pathname.split('/');
    url.pathname = `/${rest.join('/')}`;
    return apps[name]?.(new Request(url, request), env, context) ?? new Response(null, { status: 404 });
  },
};
