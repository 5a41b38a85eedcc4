/** Facts about Fastify. */

import type { FrameworkFacts, FrameworkWords } from '@countersign/http/node';

const fixes = {
  body: "Register webhook() or webhookMiddleware() of @countersign/fastify for the route, and add no content type parser in that scope. By hand, addContentTypeParser('*', { parseAs: 'buffer' }, ...) in a scope of its own keeps the bytes.",
  url: 'By hand, pass request.originalUrl.',
};

export const words: FrameworkWords = {
  json: "Fastify's JSON parser",
  form: '@fastify/formbody',
  text: "Fastify's text parser",
  fixes,
};

export const facts: FrameworkFacts = {
  id: 'fastify',
  title: 'Fastify',
  module: '@countersign/fastify',
  peer: 'fastify',
  nodeModules: ['@countersign/fastify'],
  fixes,
  code: ({ path, handle }) => `
import { webhook } from '@countersign/fastify';
import fastify from 'fastify';

const app = fastify();
app.register(webhook(receiver, ${handle}), { url: '${path}' });
await app.listen({ port: 3000 });`,
};
