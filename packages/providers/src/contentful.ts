/** Contentful's signed requests: HMAC-SHA-256 over a canonical form of the request. */

import { type Delivery, UnverifiedDelivery, WebhookError } from '@countersign/core';
import type { SignedPair } from '@countersign/core/describe';
import { composedText, computedText, definePreset, forms, hmac } from '@countersign/core/preset';
import type { ContentfulEvents } from './events/contentful.ts';

export type { ContentfulEvents } from './events/contentful.ts';

const timestampHeader = 'x-contentful-timestamp';
const listHeader = 'x-contentful-signed-headers';
/** Maximum number of headers that a signature may list. */
const maxHeaders = 64;

/**
 * Contentful signs method, path, the headers listed in `X-Contentful-Signed-Headers`, and the body. The list must name
 * itself and the timestamp, or the request is refused.
 *
 * The path is the one that Contentful posts to: if a proxy changes it, set `publicUrl`, otherwise it is taken from the
 * request. Trust the topic (`X-Contentful-Topic`) only if the list of signed headers includes it.
 *
 * @see https://github.com/contentful/node-apps-toolkit (src/requests/sign-request.ts and verify-request.ts, read
 *   2026-11-26)
 * @see https://contentful.com/developers/docs/extensibility/webhooks/headers (read 2026-11-26)
 * @see https://www.contentful.com/developers/docs/webhooks/retry-policy/ (read 2026-11-26)
 */
export const contentful = definePreset<ContentfulEvents>({
  name: 'contentful',
  title: 'Contentful',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'x-contentful-signature', encoding: 'hex' },
      timestamp: { header: timestampHeader, unit: 'milliseconds' },
      signs: [
        {
          name: 'canonical request',
          covers: ['timestamp'],
          layout: { assign: '', end: '\n' },
          pairCount: 3,
          sends: { [listHeader]: `${listHeader},${timestampHeader}` },
          compute: canonicalHead,
        },
        'body',
      ],
    },
    composedText,
    computedText,
  ),
  eventId: { header: 'x-contentful-idempotency-key' },
  eventType: { header: 'x-contentful-topic' },
  eventCreatedAt: { header: 'x-contentful-event-datetime', unit: 'iso8601' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://contentful.com/developers/docs/extensibility/webhooks/transformations and https://www.contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests/ (read 2026-11-26)',
    note: 'A webhook can have a custom body that is the same for every event. The key is assigned when the webhook fires and is the same when one event is sent twice.',
  },
  toleranceSeconds: 30,
  ...forms,
  payload: 'json_or_form',
  methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'],
  responseDeadlineSeconds: 30,
  retries: {
    delaysSeconds: [30, 30],
    horizonSeconds: 60,
    retriedOn: [429, '5xx'],
    note: 'Two retries after a response of 429 or 5xx; a timeout of 30 seconds is not retried. A custom policy has up to 99 retries in about a day.',
  },
  secretHelp:
    'The signing secret of the space or app: exactly 64 characters of A-Z, a-z, 0-9 and + / = _ -, used as text.',
  source: {
    title: 'Contentful’s node-apps-toolkit, src/requests/sign-request.ts',
    url: 'https://github.com/contentful/node-apps-toolkit/blob/master/src/requests/sign-request.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: [
    'X-Contentful-Event-Datetime, read in third-party recordings of requests.',
    'The deadline, and which failures are retried: read in a third-party summary of the page.',
  ],
  unsaid: [
    'Which headers a webhook signs besides the two that the list must name. Topic and idempotency key count as unsigned.',
    'Whether a retry is signed again. If it is not, it comes too late for the window of 30 seconds.',
  ],
});

/** Everything before the body: method, path and signed headers, each followed by a line break. */
function canonicalHead(delivery: Delivery): readonly SignedPair[] {
  const { method = 'POST', url = '/' } = delivery;
  const head = new UnverifiedDelivery(delivery);
  const refuse = (hint: string) => new WebhookError('header_malformed', { at: listHeader, hint });
  const names =
    head
      .header(listHeader)
      ?.toLowerCase()
      .split(',', maxHeaders + 1) ?? [];
  if (names.length > maxHeaders) throw refuse(`The list has more than ${maxHeaders} headers.`);
  if (!names.includes(timestampHeader) || !names.includes(listHeader))
    throw refuse('The list must name itself and the timestamp.');
  if (!names.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)))
    throw refuse('The list has a name that is not a header name.');
  const listed = [...new Set(names)].sort();
  const pairs = listed.map((name) => {
    const value = head.header(name);
    if (value === undefined) throw new WebhookError('header_missing', { at: name });
    // Inside a value this would look like the beginning of the next header.
    if (listed.some((other) => value.toLowerCase().includes(`;${other}:`)))
      throw new WebhookError('header_malformed', {
        at: name,
        hint: 'The value contains the name of another signed header.',
      });
    return `${name}:${value.trim()}`;
  });
  const target = url.replace(/^https?:\/\/[^/?#]*/, '');
  const [path = '', query] = target.split(/\?(.*)/s);
  // The query is escaped as a whole, and then once more with the path.
  const escaped = encodeURI(query ? `${path}?${encodeURIComponent(query)}` : path);
  return [method, escaped, pairs.join(';')].map((value) => ({ name: '', value }));
}
