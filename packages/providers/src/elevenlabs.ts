/** ElevenLabs: HMAC-SHA-256 over timestamp and body, in one header. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * ElevenLabs, which signs `{t}.{body}` in `elevenlabs-signature: t=...,v0=...`. Here `v0` is the real scheme; at
 * Stripe the same tag is to be passed over.
 *
 * @see https://github.com/elevenlabs/elevenlabs-js (src/wrapper/webhooks.ts, read 2026-11-20)
 */
export const elevenlabs = defineProvider({
  name: 'elevenlabs',
  title: 'ElevenLabs',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'elevenlabs-signature', key: 'v0', encoding: 'hex' },
    timestamp: { header: 'elevenlabs-signature', key: 't', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  eventType: { json: 'type' },
  toleranceSeconds: 1800,
  secretHelp: 'The secret of the webhook, used as text.',
  source: {
    title: 'ElevenLabs’ package for JavaScript, src/wrapper/webhooks.ts',
    url: 'https://github.com/elevenlabs/elevenlabs-js',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The name of the header, and the place of the type.'],
  assumptions: [
    {
      what: 'the signature stands in the header elevenlabs-signature',
      because: 'The name of the header was not confirmed in the package. Look at one of your deliveries.',
    },
  ],
  unsaid: ['An id of the event.'],
});
