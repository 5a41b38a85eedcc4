/** The facts of the edges. */

import type { FrameworkFacts } from './pipeline/framework-facts.ts';
import { anyFetchWords, anyNodeWords, lambdaFixes } from './pipeline/framework-words.ts';

export type { FrameworkFacts, FrameworkWords, RouteToWrite } from './pipeline/framework-facts.ts';

export const fetchFacts: FrameworkFacts = {
  id: 'fetch',
  title: 'Request and Response',
  module: '@countersign/http/fetch',
  nodeModules: [],
  fixes: anyFetchWords.fixes,
  code: ({ handle }) => `
import { fetchHandler } from '@countersign/http/fetch';

const serve = fetchHandler(receiver, ${handle});
export default { fetch: serve };`,
};

export const nodeFacts: FrameworkFacts = {
  id: 'node',
  title: 'node:http',
  module: '@countersign/http/node',
  nodeModules: ['@countersign/http/node'],
  fixes: anyNodeWords.fixes,
  code: ({ handle }) => `
import { nodeHandler } from '@countersign/http/node';
import { createServer } from 'node:http';

const serve = nodeHandler(receiver, ${handle});
createServer(serve).listen(3000);`,
};

export const lambdaFacts: FrameworkFacts = {
  id: 'lambda',
  title: 'AWS Lambda',
  module: '@countersign/http/aws-lambda',
  nodeModules: [],
  fixes: lambdaFixes,
  code: ({ handle }) => `
import { lambdaHandler } from '@countersign/http/aws-lambda';

export const handler = lambdaHandler(receiver, ${handle});`,
};
