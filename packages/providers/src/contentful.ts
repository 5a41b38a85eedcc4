/** Contentful's signed requests: HMAC-SHA-256 over a canonical form of the request. */

import { type Delivery, type SignedPair, UnverifiedDelivery, WebhookError } from '@countersign/core';
import { computedText, definePreset, hmac } from '@countersign/core/preset';

const timestampHeader = 'x-contentful-timestamp';
const listHeader = 'x-contentful-signed-headers';
/** Most headers that a signature may list. */
const maxHeaders = 64;

/**
 * Contentful, which signs method, path, the headers that `X-Contentful-Signed-Headers` lists, and the body. The list has to
 * name itself and the timestamp, or the request is refused.
 *
 * The path is the one that Contentful posts to: where a proxy changes it, give `publicUrl`, else it is taken from the
 * request. The topic (`X-Contentful-Topic`) is only as trustworthy as the list of signed headers is long.
 *
 * @see https://github.com/contentful/node-apps-toolkit (src/requests/sign-request.ts and verify-request.ts, read 2026-11-26)
 * @see https://contentful.com/developers/docs/extensibility/webhooks/headers (read 2026-11-26)
 * @see https://www.contentful.com/developers/docs/webhooks/retry-policy/ (read 2026-11-26)
 */
export const contentful = definePreset({
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
    note: 'A webhook can have a body of your own that is the same for every event. The key is given when the webhook fires and is the same when one event is sent twice.',
  },
  toleranceSeconds: 30,
  payload: 'json_or_form',
  methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'],
  responseDeadlineSeconds: 30,
  retries: {
    delaysSeconds: [30, 30],
    horizonSeconds: 60,
    retriedOn: [429, '5xx'],
    note: 'Two retries after an answer of 429 or 5xx; no answer within 30 seconds is not repeated. A policy of your own has up to 99 retries in about a day.',
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
    'X-Contentful-Event-Datetime, read in recorded requests of others.',
    'The deadline, and which failures are repeated: read in a summary that others wrote of the page.',
  ],
  unsaid: [
    'Which headers a webhook signs besides the two that the list must name. Topic and idempotency key count as signed by nobody.',
    'Whether a retry is signed again. Where it is not, it comes too late for the window of 30 seconds.',
  ],
});

/** Everything before the body: method, path and signed headers, each with the line break behind it. */
function canonicalHead(delivery: Delivery): readonly SignedPair[] {
  const { method = 'POST', url = '/' } = delivery;
  const head = new UnverifiedDelivery(delivery);
  const refuse = (hint: string) => new WebhookError('header_malformed', { at: listHeader, hint });
  const names =
    head
      .header(listHeader)
      ?.toLowerCase()
      .split(',', maxHeaders + 1) ?? [];
  if (names.length > maxHeaders) throw refuse(`It lists more than ${maxHeaders} headers.`);
  if (!names.includes(timestampHeader) || !names.includes(listHeader))
    throw refuse('It has to name itself and the timestamp.');
  if (!names.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))) throw refuse('It names what is no header.');
  const listed = [...new Set(names)].sort();
  const pairs = listed.map((name) => {
    const value = head.header(name);
    if (value === undefined) throw new WebhookError('header_missing', { at: name });
    // Inside a value this would look like the beginning of the next header.
    if (listed.some((other) => value.toLowerCase().includes(`;${other}:`)))
      throw new WebhookError('header_malformed', { at: name, hint: 'It contains the name of another signed header.' });
    return `${name}:${value.trim()}`;
  });
  const target = url.replace(/^https?:\/\/[^/?#]*/, '');
  const [path = '', query] = target.split(/\?(.*)/s);
  // The query is escaped as a whole, and then once more with the path.
  const escaped = encodeURI(query ? `${path}?${encodeURIComponent(query)}` : path);
  return [method, escaped, pairs.join(';')].map((value) => ({ name: '', value }));
}
