/** NestJS on its platforms, with whichever version of Nest is imported. */

import { adapterApp } from '@countersign/testing/adapter-app';
import type { AdapterServer } from './adapter-server.ts';
import { urlOf } from './local-server.ts';
import { nestApp, nestAppWithoutParsers, nestFastifyApp } from './nest-app.ts';

/** Answered by Nest's own parser, which keeps the bytes, before any guard. None of this reaches a controller. */
const unparsed = "Nest's parser answers what it cannot parse";
const oversized = "Nest's parser has the limit, and answers";
const byNestsParser = {
  'the content type does not matter': unparsed,
  'a signed body that is empty, or nested too deep': unparsed,
  'a body announced as too large': oversized,
  'an early refusal of a large body': oversized,
  'a body that stalls': "Nest's parser waits for the body",
};
const byFastify = {
  '__proto__ in a body': unparsed,
  'a compressed body is refused': unparsed,
  'another method never reaches the handler': 'Fastify answers a body without a content type with 415',
  'a body that turns out too large': oversized,
  'a connection on which a body was refused as too large': oversized,
};
const nest = (
  name: string,
  start: typeof nestApp,
  leftOut: NonNullable<AdapterServer['leftOut']> = {},
): AdapterServer => ({
  name,
  forms: ['middleware'],
  leftOut,
  async mount() {
    const app = await start(adapterApp());
    return { url: urlOf(app.getHttpServer()), stop: () => app.close() };
  },
});

export const nestServers: readonly AdapterServer[] = [
  nest('NestJS on Express', nestApp, byNestsParser),
  nest('NestJS on Express, no parser', nestAppWithoutParsers),
  nest('NestJS on Fastify', nestFastifyApp, { ...byNestsParser, ...byFastify }),
];
