/** Emailit v2: HMAC-SHA-256 over timestamp and body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Emailit, which signs `{timestamp}.{body}` in `X-Emailit-Signature`.
 *
 * @see https://emailit.com/docs/changelog/2026-02-26-webhooks-v2/ (read 2026-11-20)
 */
export const emailit = defineProvider({
  name: 'emailit',
  title: 'Emailit',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-emailit-signature', encoding: 'hex' },
    timestamp: { header: 'x-emailit-timestamp', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  secretHelp: 'The secret of the webhook.',
  source: {
    title: 'Emailit changelog, Webhooks v2',
    url: 'https://emailit.com/docs/changelog/2026-02-26-webhooks-v2/',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The unit of the timestamp.'],
  assumptions: [
    {
      what: 'the signature is hexadecimal and the timestamp in seconds',
      because: 'The page gives neither. Look at one of your deliveries.',
    },
  ],
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.', 'Where id and type of the event stand.'],
});
