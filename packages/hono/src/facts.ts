/** Facts about Hono. */

import type { FrameworkFacts, FrameworkWords } from '@countersign/http/fetch';

const fixes = {
  body: 'Mount webhook() before whatever calls c.req.json(), text() or parseBody(), a validator too, or hand the others c.req.raw.clone(). By hand, pass new Uint8Array(await c.req.arrayBuffer()).',
  url: 'c.req.url has the host that the server saw, which is another one behind a proxy.',
};

export const words: FrameworkWords = {
  json: 'c.req.json()',
  form: 'c.req.parseBody()',
  text: 'c.req.text()',
  fixes,
};

export const facts: FrameworkFacts = {
  id: 'hono',
  title: 'Hono',
  module: '@countersign/hono',
  peer: 'hono',
  nodeModules: [],
  fixes,
  code: ({ path, hasGet, handle }) => `
import { webhook } from '@countersign/hono';
import { Hono } from 'hono';

const app = new Hono();
app.${hasGet ? 'all' : 'post'}('${path}', webhook(receiver, ${handle}));
export default app;`,
};
