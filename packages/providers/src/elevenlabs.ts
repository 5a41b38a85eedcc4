/** ElevenLabs: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { ElevenLabsEvents } from './events/elevenlabs.ts';

export type { ElevenLabsEvents } from './events/elevenlabs.ts';

/**
 * ElevenLabs signs `{t}.{body}` in `elevenlabs-signature: t=...,v0=...`. Here `v0` is the real scheme; at Stripe the
 * same tag must be ignored. Each event is sent once; only status 200 counts as success.
 *
 * @see https://github.com/elevenlabs/elevenlabs-js (src/wrapper/webhooks.ts, read 2026-11-26)
 * @see https://github.com/elevenlabs/elevenlabs-docs (fern/docs/pages/product-guides/administration/webhooks.mdx, read
 *   2026-11-26)
 */
export const elevenlabs = definePreset<ElevenLabsEvents>({
  name: 'elevenlabs',
  title: 'ElevenLabs',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'elevenlabs-signature', key: 'v0', encoding: 'hex' },
    timestamp: { header: 'elevenlabs-signature', key: 't', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'event_timestamp', unit: 'seconds' },
  toleranceSeconds: 1800,
  retries: { retriedOn: [], note: 'None. Ten failures in a row can disable a webhook.' },
  secretHelp: 'The secret of the webhook, used as text.',
  wrongSecrets: { sk_: 'an API key' },
  source: {
    title: 'ElevenLabs’ package for JavaScript, src/wrapper/webhooks.ts',
    url: 'https://github.com/elevenlabs/elevenlabs-js',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['An id of the event.'],
});
