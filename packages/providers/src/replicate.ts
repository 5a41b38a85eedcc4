/** Replicate: Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * Replicate, which signs as Standard Webhooks says: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`. The
 * body is the prediction; there is no type.
 *
 * @see https://replicate.com/docs/topics/webhooks/verify-webhook (read 2026-11-20)
 */
export const replicate = defineProvider({
  name: 'replicate',
  title: 'Replicate',
  scheme: standardWebhooksHmac(),
  toleranceSeconds: 300,
  secretHelp: 'The default signing secret, fetched from the API: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'Replicate documentation, Verify incoming webhooks',
    url: 'https://replicate.com/docs/topics/webhooks/verify-webhook',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['That no type is sent.'],
});
