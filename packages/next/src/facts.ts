/** Facts about Next.js. */

import type { FrameworkFacts, FrameworkWords } from '@countersign/http/fetch';

const fixes = {
  body: 'Export webhook(receiver, handle) itself as POST of app/.../route.ts; do not read the request before it. By hand, pass new Uint8Array(await request.arrayBuffer()).',
  url: 'request.url has the host that the server saw. basePath, rewrites and trailingSlash change the path.',
};

export const words: FrameworkWords = {
  json: 'request.json()',
  form: 'request.formData()',
  text: 'request.text()',
  fixes,
};

export const facts: FrameworkFacts = {
  id: 'next',
  title: 'Next.js',
  module: '@countersign/next',
  peer: 'next',
  nodeModules: ['@countersign/next/pages'],
  fixes,
  code: ({ path, hasGet, handle }) => `
import { webhook } from '@countersign/next';

// app${path}/route.ts
export const POST = webhook(receiver, ${handle});${hasGet ? '\nexport const GET = POST;' : ''}`,
};
