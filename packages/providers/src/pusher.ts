/** Pusher Channels: HMAC-SHA-256 over the raw body, with a key that a header names. */

import { batches, definePreset, hmac } from '@countersign/core/preset';
import type { PusherEvents } from './events/pusher.ts';

export type { PusherEvents } from './events/pusher.ts';

/**
 * Pusher Channels signs the body in `X-Pusher-Signature`, in hexadecimal. `X-Pusher-Key` names the app key: use the
 * keys as ids of the secrets, and only that one is tried: `secrets: [{ id: key, value: secret }]`.
 *
 * Each event of a delivery is handled separately; events have no id.
 *
 * @see https://github.com/pusher/pusher-http-node (lib/webhook.js, read 2026-11-26)
 * @see https://docs.bird.com/pusher/channels/channels/webhooks/channels-webhook-timeouts-and-retries (read 2026-11-26)
 */
export const pusher = definePreset<PusherEvents>({
  name: 'pusher',
  title: 'Pusher Channels',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-pusher-signature', encoding: 'hex' },
    keyId: { header: 'x-pusher-key' },
    signs: ['body'],
  }),
  eventType: { json: 'name' },
  ...batches,
  batch: { json: 'events.*' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/pusher/pusher-http-node (lib/webhook.js), read 2026-11-26',
    note: 'Each body has time_ms.',
  },
  responseDeadlineSeconds: 4,
  retries: { horizonSeconds: 300, note: 'With growing delays for five minutes, after any response other than 2xx.' },
  secretHelp: 'The secret of the app, next to its key.',
  rotation: 'Several keys, named by X-Pusher-Key.',
  source: {
    title: 'Pusher’s package for Node, lib/webhook.js',
    url: 'https://github.com/pusher/pusher-http-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['An id of an event.'],
});
