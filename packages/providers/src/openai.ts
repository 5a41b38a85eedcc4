/** OpenAI: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { OpenAIEvents } from './events/openai.ts';

export type { OpenAIEvents } from './events/openai.ts';

/**
 * OpenAI follows Standard Webhooks: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`.
 *
 * Its package also accepts secrets without `whsec_` as plain text, signatures without `v1,` and deliveries without an
 * id; this preset does not.
 *
 * @see https://github.com/openai/openai-node (src/resources/webhooks/webhooks.ts, read 2026-11-26)
 */
export const openai = definePreset<OpenAIEvents>({
  name: 'openai',
  title: 'OpenAI',
  scheme: standardWebhooksHmac(),
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created_at', unit: 'seconds' },
  toleranceSeconds: 300,
  retries: {
    horizonSeconds: 259_200,
    note: 'With growing delays for up to 72 hours.',
    redirects: {
      count: 'failure',
      source: {
        title: 'OpenAI documentation, Webhooks, as public guides quote it',
        url: 'https://platform.openai.com/docs/guides/webhooks',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The signing secret of the endpoint: whsec_ and the key in base64.',
  wrongSecrets: { 'sk-': 'an API key', proj_: 'the id of the project' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'OpenAI’s package for Node, src/resources/webhooks/webhooks.ts',
    url: 'https://github.com/openai/openai-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The 72 hours of retries and what a redirect counts as, which were read in third-party quotes.'],
});
