/** Every framework that there is an adapter or an edge for, by the facts that each of them states. Tools and docs read this list. */

import { facts as express } from '@countersign/express/facts';
import { facts as fastify } from '@countersign/fastify/facts';
import { facts as hono } from '@countersign/hono/facts';
import { type FrameworkFacts, fetchFacts, lambdaFacts, nodeFacts } from '@countersign/http/facts';
import { facts as nest } from '@countersign/nest/facts';
import { facts as next } from '@countersign/next/facts';

export type { FrameworkFacts } from '@countersign/http/facts';

/** In the order in which a tool offers them. */
export const frameworks: readonly FrameworkFacts[] = [
  express,
  fastify,
  hono,
  next,
  nest,
  fetchFacts,
  nodeFacts,
  lambdaFacts,
];
