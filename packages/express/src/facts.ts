/** Facts about Express. */

import type { FrameworkFacts, FrameworkWords } from '@countersign/http/node';

const fixes = {
  body: 'Mount the webhook route before app.use(express.json()), or give its path to express.raw({ type: () => true }), which leaves the bytes in request.body.',
  url: 'By hand, pass request.originalUrl: request.url lacks the path of a router.',
};

export const words: FrameworkWords = {
  json: 'express.json()',
  form: 'express.urlencoded()',
  text: 'express.text()',
  fixes,
};

export const facts: FrameworkFacts = {
  id: 'express',
  title: 'Express',
  module: '@countersign/express',
  peer: 'express',
  nodeModules: ['@countersign/express'],
  fixes,
  code: ({ path, hasGet, handle }) => `
import { webhook } from '@countersign/express';
import express from 'express';

const app = express();
// Before app.use(express.json()).
app.${hasGet ? 'all' : 'post'}('${path}', webhook(receiver, ${handle}));
app.listen(3000);`,
};
