/** The fixes in the words of each framework, for the causes that its own habits bring about. */

import type { CauseCode } from './causes.ts';

/** The framework that made a delivery out of a request. `fetch`: anything with a Request. `node`: `node:http`. */
export type Framework = 'express' | 'fastify' | 'hono' | 'next' | 'nest' | 'lambda' | 'node' | 'fetch';

interface FrameworkRow {
  /** How to come by the received bytes. */
  readonly body: string;
  /** How to come by the address. */
  readonly url: string;
}

const origin = 'Set publicUrl to the origin that is entered at the sender';

/** What was taken from the documentation of each framework. */
export const frameworkTable: Readonly<Record<Framework, FrameworkRow>> = {
  express: {
    body: 'Mount the webhook route before app.use(express.json()), or give its path to express.raw({ type: () => true }) and hand over request.body as the Buffer it is.',
    url: `${origin}, and hand over request.originalUrl: request.url lacks the path of a router.`,
  },
  fastify: {
    body: "Register @countersign/fastify for the route, or in a scope of its own addContentTypeParser('*', { parseAs: 'buffer' }, ...), and hand over that Buffer.",
    url: `${origin}, and hand over request.originalUrl.`,
  },
  hono: {
    body: 'Mount webhook() before whatever calls c.req.json(), text() or parseBody(), or hand over new Uint8Array(await c.req.arrayBuffer()).',
    url: `${origin}; c.req.url has the host that the server saw, which behind a proxy is another one.`,
  },
  next: {
    body: 'In the App Router hand over new Uint8Array(await request.arrayBuffer()); in the Pages Router export const config = { api: { bodyParser: false } } and read the stream.',
    url: `${origin}; request.url has the host that the server saw. basePath, rewrites and trailingSlash change the path.`,
  },
  nest: {
    body: 'Create the app with NestFactory.create(AppModule, { rawBody: true }), and hand over request.rawBody; @countersign/nest does that.',
    url: `${origin}, and hand over request.originalUrl: it has the global prefix and the version.`,
  },
  lambda: {
    body: "Hand over Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'), and pass on no event.body that a mapping template has touched.",
    url: `${origin}, and hand over rawPath with rawQueryString: path of a stage or a mapped domain may differ.`,
  },
  node: {
    body: 'Collect the chunks of the request as Buffers and join them by Buffer.concat: no setEncoding(), no text +=.',
    url: `${origin}, and hand over request.url.`,
  },
  fetch: {
    body: 'Hand over new Uint8Array(await request.arrayBuffer()), taken before anything calls json(), text() or formData().',
    url: `${origin}; request.url has the host that the server saw, which behind a proxy is another one.`,
  },
};

/** Which of the framework's means undo a cause. Causes that no framework brings about are left out. */
const means: Readonly<Partial<Record<CauseCode, keyof FrameworkRow>>> = {
  body_not_raw: 'body',
  body_reserialised: 'body',
  body_byte_order_mark: 'body',
  body_line_ends: 'body',
  body_trailing_newline: 'body',
  body_base64: 'body',
  body_form_decoded: 'body',
  body_form_field: 'body',
  body_charset: 'body',
  body_lossy_utf8: 'body',
  body_quoted: 'body',
  body_stringified: 'body',
  body_empty: 'body',
  body_changed: 'body',
  url_unknown: 'url',
  url_trailing_slash: 'url',
  url_port: 'url',
  url_protocol: 'url',
  url_host: 'url',
  url_path: 'url',
  url_query: 'url',
};

/** The framework's own fix, or undefined where the general one of the table is all there is to say. */
export function findFrameworkFix(code: CauseCode, framework: Framework | undefined): string | undefined {
  const kind = means[code];
  return framework === undefined || kind === undefined ? undefined : frameworkTable[framework][kind];
}
