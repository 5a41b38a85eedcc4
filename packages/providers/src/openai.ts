/** OpenAI: Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * OpenAI, which signs as Standard Webhooks says: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`.
 *
 * Its package also takes secrets without `whsec_` as plain text, signatures without `v1,` and deliveries without an
 * id; this preset takes none of them.
 *
 * @see https://github.com/openai/openai-node (src/lib/webhook-signature.ts, read 2026-11-20)
 */
export const openai = defineProvider({
  name: 'openai',
  title: 'OpenAI',
  scheme: standardWebhooksHmac(),
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  secretHelp: 'The signing secret of the endpoint: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'OpenAI’s package for Node, src/lib/webhook-signature.ts',
    url: 'https://github.com/openai/openai-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
});
