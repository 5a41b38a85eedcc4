/** Contentful's signed requests: HMAC-SHA-256 over a canonical form of the request. */

import { type Delivery, defineProvider, hmac, UnverifiedDelivery, WebhookError } from '@countersign/core';

const timestampHeader = 'x-contentful-timestamp';
const listHeader = 'x-contentful-signed-headers';

/**
 * Contentful, which signs method, path, the headers that `X-Contentful-Signed-Headers` lists, and the body. The list has to
 * name itself and the timestamp, or the request is refused.
 *
 * The path is the one that Contentful posts to: where a proxy changes it, give `publicUrl`, else it is taken from the
 * request. The topic (`X-Contentful-Topic`) is only as trustworthy as the list of signed headers is long.
 *
 * @see https://github.com/contentful/node-apps-toolkit (src/requests/sign-request.ts and verify-request.ts, read 2026-11-20)
 */
export const contentful = defineProvider({
  name: 'contentful',
  title: 'Contentful',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-contentful-signature', encoding: 'hex' },
    timestamp: { header: timestampHeader, unit: 'milliseconds' },
    signs: [
      {
        name: 'canonical request',
        covers: ['timestamp'],
        sends: { [listHeader]: `${listHeader},${timestampHeader}` },
        compute: canonicalHead,
      },
      'body',
    ],
  }),
  eventType: { header: 'x-contentful-topic' },
  toleranceSeconds: 30,
  secretHelp: 'The signing secret of the space or app: 64 characters, used as text.',
  source: {
    title: 'Contentful’s node-apps-toolkit, src/requests/sign-request.ts',
    url: 'https://github.com/contentful/node-apps-toolkit/blob/master/src/requests/sign-request.ts',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The header with the topic, the content type, and the form of the secret.'],
  unsaid: ['Where an id of the event stands, and how deliveries are repeated.'],
});

/** Everything before the body: method, path and signed headers, each with the line break behind it. */
function canonicalHead(delivery: Delivery): string {
  const { method = 'POST', url = '/' } = delivery;
  const head = new UnverifiedDelivery(delivery);
  const names = head.header(listHeader)?.toLowerCase().split(',') ?? [];
  if (!names.includes(timestampHeader) || !names.includes(listHeader)) {
    throw new WebhookError('header_malformed', { at: listHeader, hint: 'It has to name itself and the timestamp.' });
  }
  const pairs = [...new Set(names)].sort().map((name) => {
    const value = head.header(name);
    if (value === undefined) throw new WebhookError('header_missing', { at: name });
    return `${name}:${value.trim()}`;
  });
  const target = url.replace(/^https?:\/\/[^/?#]*/, '');
  const [path = '', query] = target.split(/\?(.*)/s);
  // The query is escaped as a whole, and then once more with the path.
  const escaped = encodeURI(query ? `${path}?${encodeURIComponent(query)}` : path);
  return `${method}\n${escaped}\n${pairs.join(';')}\n`;
}
