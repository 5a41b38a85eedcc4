/** Facts about NestJS. */

import type { FrameworkFacts, FrameworkWords } from '@countersign/http/node';

const fixes = {
  body: "Create the app with NestFactory.create(AppModule, { rawBody: true }), and add no body parser before Nest's own. On Fastify this keeps JSON and forms; give another content type a parser with parseAs: 'buffer'.",
  url: 'By hand, pass request.originalUrl: it has the global prefix and the version.',
};

export const words: FrameworkWords = {
  json: "Nest's JSON parser",
  form: "Nest's form parser",
  text: "Fastify's text parser",
  fixes,
};

export const facts: FrameworkFacts = {
  id: 'nest',
  title: 'NestJS',
  module: '@countersign/nest',
  peer: '@nestjs/core',
  nodeModules: ['@countersign/nest'],
  fixes,
};
