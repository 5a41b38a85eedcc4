/** DocuSign Connect: HMAC-SHA-256 over the raw body, one header for each key. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { DocusignEvents } from './events/docusign.ts';

export type { DocusignEvents } from './events/docusign.ts';

/**
 * DocuSign Connect signs the body once for each configured HMAC key, in `X-DocuSign-Signature-1`, `-2` and so on, in
 * base64. It is enough if one of them matches one of the receiver’s secrets; the first ten are checked.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/docusign/code-examples-node (lib/connect/examples/validateWebhookMessage.js, read 2026-11-20)
 */
export const docusign = definePreset<DocusignEvents>({
  name: 'docusign',
  title: 'DocuSign Connect',
  scheme: hmac({
    hash: 'SHA-256',
    signature: [
      { header: 'x-docusign-signature-1', encoding: 'base64' },
      { header: 'x-docusign-signature-2', encoding: 'base64' },
      { header: 'x-docusign-signature-3', encoding: 'base64' },
      { header: 'x-docusign-signature-4', encoding: 'base64' },
      { header: 'x-docusign-signature-5', encoding: 'base64' },
      { header: 'x-docusign-signature-6', encoding: 'base64' },
      { header: 'x-docusign-signature-7', encoding: 'base64' },
      { header: 'x-docusign-signature-8', encoding: 'base64' },
      { header: 'x-docusign-signature-9', encoding: 'base64' },
      { header: 'x-docusign-signature-10', encoding: 'base64' },
    ],
    signs: ['body'],
  }),
  eventType: { json: 'event' },
  retries: {
    horizonSeconds: 1_296_000,
    note: 'From about five minutes, doubling, for up to 15 days.',
  },
  secretHelp: 'A Connect HMAC key, used as text.',
  rotation: 'One header for each configured key.',
  source: {
    title: 'DocuSign’s code examples for Node, lib/connect/examples/validateWebhookMessage.js',
    url: 'https://github.com/docusign/code-examples-node',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: [
    'The retries, read in a third-party list of facts; another page says 45 attempts in 7 days.',
    'The place of the event’s type, read in third-party guides; a body may also be XML.',
  ],
  unsaid: [
    'An id of the delivery.',
    'Whether a retry has the body of the first attempt. If the body contains a retry counter, a retry counts as another event.',
  ],
});
