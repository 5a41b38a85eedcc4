/** The words the edges use if no adapter supplies better ones. */

import type { FrameworkFixes } from '@countersign/core/diagnose';
import type { FrameworkWords } from './framework-facts.ts';

export const anyNodeWords: FrameworkWords = {
  json: 'A JSON body parser',
  form: 'A form parser',
  text: 'A body parser',
  fixes: {
    body: 'Mount the webhook before every body parser (in Koa, before koa-bodyparser; in Nest, use @countersign/nest). By hand, collect the chunks as Buffers and join them by Buffer.concat: no setEncoding(), no text +=.',
    url: 'By hand, pass request.url.',
  },
};

export const anyFetchWords: FrameworkWords = {
  json: 'request.json()',
  form: 'request.formData()',
  text: 'request.text()',
  fixes: {
    body: 'Give webhook() the request before request.json(), text() or formData(), or give it request.clone(). By hand, pass new Uint8Array(await request.arrayBuffer()).',
    url: 'request.url has the host that the server saw, which is another one behind a proxy.',
  },
};

export const lambdaFixes: FrameworkFixes = {
  body: "By hand, pass Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'), and no event.body that a mapping template has touched.",
  url: 'By hand, pass rawPath with rawQueryString: the path of a stage or of a mapped domain may differ.',
};
