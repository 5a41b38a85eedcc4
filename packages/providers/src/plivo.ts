/** Plivo: HMAC-SHA-256 over URL, parameters and a nonce. */

import { type Delivery, defineProvider, hmac, WebhookError } from '@countersign/core';

const source = {
  title: 'Plivo’s package for Node, lib/utils/v3Security.js and lib/utils/security.js',
  url: 'https://github.com/plivo/plivo-node',
  readOn: '2026-11-20',
} as const;
const secretHelp = 'The auth token of the account.';
const headersAssumed = {
  what: 'the headers have the names that the preset gives them',
  because: 'Plivo’s package takes bare values, so the names come from memory. Look at one of your deliveries.',
} as const;

/**
 * Plivo, version 3, which signs the URL with its query sorted, then `.` and the sorted fields of the form where there are
 * any, then `.` and the nonce, in `X-Plivo-Signature-V3`, several separated by commas. The receiver needs `publicUrl`. No
 * time is signed.
 *
 * @see https://github.com/plivo/plivo-node (lib/utils/v3Security.js, read 2026-11-20)
 */
export const plivo = defineProvider({
  name: 'plivo',
  title: 'Plivo',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-plivo-signature-v3', encoding: 'base64', separator: ',' },
    nonce: { header: 'x-plivo-signature-v3-nonce' },
    signs: [
      { name: 'URL and parameters, sorted', covers: ['body', 'url'], compute: sortedRequest },
      { text: '.' },
      'nonce',
    ],
  }),
  payload: 'form',
  methods: ['POST', 'GET'],
  secretHelp,
  rotation: 'Several signatures in one header, separated by commas.',
  source,
  confidence: 'sdk_source',
  assumptions: [headersAssumed],
  unsaid: ['Where id and type of an event stand.'],
});

/**
 * Plivo, version 2, which signs the URL without its query and a nonce, and nothing of the body: `event.signed.body` is
 * false, and whoever has seen one delivery can send others with any content. Use version 3 where you can.
 */
export const plivoV2 = defineProvider({
  name: 'plivo-v2',
  title: 'Plivo (version 2)',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-plivo-signature-v2', encoding: 'base64' },
    nonce: { header: 'x-plivo-signature-v2-nonce' },
    signs: ['url', 'nonce'],
    urlForms: ['without_query'],
  }),
  payload: 'form',
  methods: ['POST', 'GET'],
  secretHelp,
  source,
  confidence: 'sdk_source',
  assumptions: [headersAssumed],
  unsaid: ['Where id and type of an event stand.'],
});

function sortedRequest(delivery: Delivery, url: () => string): string {
  const [base = '', query = ''] =
    url()
      .split('#', 1)[0]
      ?.split(/\?(.*)/s) ?? [];
  const form = delivery.method === 'GET' ? [] : fieldsOf(new TextDecoder('utf-8', { fatal: true }), delivery.body);
  const sortedQuery = sorted([...new URLSearchParams(query)]).map(([name, value]) => `${name}=${value}`);
  const fields = sorted(form).map(([name, value]) => name + value);
  const mark = sortedQuery.length > 0 || fields.length > 0 ? '?' : '';
  const stop = sortedQuery.length > 0 && fields.length > 0 ? '.' : '';
  return base + mark + sortedQuery.join('&') + stop + fields.join('');
}

function fieldsOf(decoder: TextDecoder, body: Uint8Array): [string, string][] {
  try {
    return [...new URLSearchParams(decoder.decode(body))];
  } catch {
    throw new WebhookError('header_malformed', { at: 'form body' });
  }
}

function sorted(pairs: readonly [string, string][]): readonly [string, string][] {
  const order = ([leftName, left]: [string, string], [rightName, right]: [string, string]) =>
    leftName === rightName ? (left < right ? -1 : 1) : leftName < rightName ? -1 : 1;
  return [...pairs].sort(order);
}
