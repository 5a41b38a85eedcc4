/** Plivo: HMAC-SHA-256 over URL, parameters and a nonce. */

import { type Delivery, UnverifiedDelivery, WebhookError } from '@countersign/core';
import type { SignedPair } from '@countersign/core/describe';
import { composedText, computedText, definePreset, forms, hmac, signedUrl } from '@countersign/core/preset';
import type { PlivoEvents, PlivoV2Events } from './events/plivo.ts';

export type { PlivoEvents, PlivoV2Events } from './events/plivo.ts';

const source = {
  title: 'Plivo’s package for Node, lib/utils/v3Security.js and lib/utils/security.js',
  url: 'https://github.com/plivo/plivo-node',
  readOn: '2026-11-20',
} as const;
const secretHelp = 'The auth token of the account.';
const retries = {
  horizonSeconds: 55,
  note: 'Voice: once after a failed connection or no answer, all within 55 seconds, unless the URL says otherwise in its fragment (#rc=, #rp=, #rt=, #tt=).',
} as const;
const unsaid = [
  'The places of an event’s id and type: a call has CallUUID, a message MessageUUID, and neither is unique to an event.',
  'How callbacks of messages are retried.',
];

/**
 * Plivo, version 3, signs the URL with its query sorted, then `.` and the sorted fields of the form if there are any,
 * then `.` and the nonce, in `X-Plivo-Signature-V3`, several separated by commas. The receiver needs `publicUrl`. No
 * timestamp is signed.
 *
 * `X-Plivo-Signature-V3` is signed with the token of the account or subaccount that the call belongs to,
 * `X-Plivo-Signature-Ma-V3` always with that of the main account.
 *
 * @see https://github.com/plivo/plivo-node (lib/utils/v3Security.js, read 2026-11-20)
 * @see https://www.plivo.com/docs/voice/concepts/callback-configurations/ (deadline and retries, read 2026-11-26)
 */
export const plivo = definePreset<PlivoEvents>({
  name: 'plivo',
  title: 'Plivo',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: [
        { header: 'x-plivo-signature-v3', encoding: 'base64', separator: ',' },
        { header: 'x-plivo-signature-ma-v3', encoding: 'base64', separator: ',' },
      ],
      nonce: { header: 'x-plivo-signature-v3-nonce' },
      signs: [
        {
          name: 'URL and parameters, sorted',
          covers: ['body', 'url'],
          layout: { assign: '', end: '' },
          compute: sortedRequest,
        },
        { text: '.' },
        'nonce',
      ],
      ambiguous: true,
    },
    composedText,
    computedText,
    signedUrl,
  ),
  ...forms,
  payload: 'form',
  methods: ['POST', 'GET'],
  responseDeadlineSeconds: 40,
  retries,
  secretHelp,
  rotation: 'Several signatures in one header, separated by commas.',
  source,
  confidence: 'documented',
  unsaid,
});

/**
 * Plivo, version 2, signs the URL without its query and a nonce, but not the body: `event.signed.body` is false, and
 * anyone who has seen one delivery can send others with any content. Use version 3 if you can.
 */
export const plivoV2 = definePreset<PlivoV2Events>({
  name: 'plivo-v2',
  title: 'Plivo (version 2)',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'x-plivo-signature-v2', encoding: 'base64' },
      nonce: { header: 'x-plivo-signature-v2-nonce' },
      signs: ['url', 'nonce'],
      urlForms: ['without_query'],
      ambiguous: true,
    },
    composedText,
    signedUrl,
  ),
  ...forms,
  payload: 'form',
  methods: ['POST', 'GET'],
  responseDeadlineSeconds: 40,
  retries,
  secretHelp,
  source,
  confidence: 'documented',
  unsaid,
});

/** Maximum number of query parameters: they are parsed before anything is verified. */
const maxParameters = 1000;

function sortedRequest(delivery: Delivery, url: () => string): readonly SignedPair[] {
  const [base = '', query = ''] =
    url()
      .split('#', 1)[0]
      ?.split(/\?(.*)/s) ?? [];
  if (query.split('&', maxParameters + 1).length > maxParameters)
    throw new WebhookError('header_malformed', { at: 'query', hint: `Expected at most ${maxParameters} parameters.` });
  const sortedQuery = sorted([...new URLSearchParams(query)]).map(([name, value]) => `${name}=${value}`);
  const fields = sorted(fieldsOf(delivery)).map(([name, value]) => name + value);
  const mark = sortedQuery.length > 0 || fields.length > 0 ? '?' : '';
  const stop = sortedQuery.length > 0 && fields.length > 0 ? '.' : '';
  return [{ name: '', value: base + mark + sortedQuery.join('&') + stop + fields.join('') }];
}

function fieldsOf(delivery: Delivery): [string, string][] {
  const refuse = (hint: string) => new WebhookError('header_malformed', { at: 'form body', hint });
  if (delivery.method === 'GET') {
    if (delivery.body.byteLength > 0) throw refuse('A GET from Plivo has no body, and its body would not be signed.');
    return [];
  }
  const form = new UnverifiedDelivery(delivery).unverifiedForm();
  if (form === undefined) throw refuse('Expected a form in strict UTF-8 with at most 1,000 fields.');
  return [...form];
}

function sorted(pairs: readonly [string, string][]): readonly [string, string][] {
  const compare = (left: string, right: string) => (left === right ? 0 : left < right ? -1 : 1);
  return [...pairs].sort(
    ([leftName, left], [rightName, right]) => compare(leftName, rightName) || compare(left, right),
  );
}
