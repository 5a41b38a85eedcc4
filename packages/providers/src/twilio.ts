/** Twilio: HMAC-SHA-1 over the URL and the sorted fields of the form. */

import { bodyValues, composedText, definePreset, forms, hmac, signedUrl } from '@countersign/core/preset';
import type { TwilioEvents } from './events/twilio.ts';

export type { TwilioCall, TwilioEvents, TwilioFields, TwilioMessage, TwilioParty } from './events/twilio.ts';

/**
 * Twilio signs the URL it posts to, followed by the fields of the form sorted by name, in `X-Twilio-Signature`. For a
 * JSON body, the query of the URL has its SHA-256 as `bodySHA256`, which is checked.
 *
 * The receiver needs `publicUrl`. Four spellings of the URL are tried, as in Twilio's own package: without a port and
 * with one, each with the query as received and as older Twilio back ends write it.
 *
 * No timestamp is signed, and deliveries name no type: the URL does. The signed fields alone do not distinguish two
 * events: a caller who chooses the same digit in the same menu twice sends the same fields twice.
 * `I-Twilio-Idempotency-Token`, which is not signed, is the same in every attempt of one event and is part of its
 * identity.
 *
 * A fallback URL at Twilio is a different URL with a different signature, so it needs a receiver with its own
 * `publicUrl`. Event Streams sends JSON events, each with its own `id`, which this preset does not read.
 *
 * @see https://github.com/twilio/twilio-node (src/webhooks/webhooks.ts, read 2026-11-26; spec/validation.spec.js, read
 *   2026-11-20)
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (deadline and retries, read 2026-11-26)
 */
export const twilio = definePreset<TwilioEvents>({
  name: 'twilio',
  title: 'Twilio',
  scheme: hmac(
    {
      hash: 'SHA-1',
      signature: { header: 'x-twilio-signature', encoding: 'base64' },
      signs: ['url', { sortedFormOrQueryDigest: { query: 'bodySHA256', hash: 'SHA-256' } }],
      // Names and values of the form follow each other and the URL without anything between them.
      ambiguous: true,
      urlForms: [
        'exact',
        'without_port',
        'with_port',
        'without_port_legacy_query',
        'with_port_legacy_query',
        'parsed_without_port',
        'parsed_with_port',
      ],
    },
    composedText,
    bodyValues,
    signedUrl,
  ),
  eventId: { header: 'i-twilio-idempotency-token' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://www.twilio.com/docs/voice/twiml/gather (the same address and fields for the same digits) and https://github.com/twilio/twilio-agent-connect-python, docs/horizontal-scaling.md (retries are known by the token); read 2026-11-26',
    note: 'A caller who enters the same digits in one menu twice sends the same signed fields twice.',
  },
  ...forms,
  payload: 'json_or_form',
  methods: ['POST', 'GET'],
  responseDeadlineSeconds: 15,
  retries: {
    // Event Streams; other webhooks are retried within their 15 seconds.
    horizonSeconds: 14_400,
    note: 'Once more if the connection failed; `#rc=` and `#rp=` in the URL raise that to five and add other failures, all within 15 seconds. Then the fallback URL. Event Streams waits 5 seconds and retries for up to four hours.',
    redirects: {
      count: 'followed',
      note: '301, 302, 303 and 307 with a Location; any other is an error.',
      source: {
        title: 'Twilio documentation, Error 11216',
        url: 'https://www.twilio.com/docs/api/errors/11216',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The auth token of the account.',
  wrongSecrets: { AC: 'the SID of the account', SK: 'the SID of an API key' },
  source: {
    title: 'Twilio’s package for Node, src/webhooks/webhooks.ts',
    url: 'https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['Whether Event Streams sends I-Twilio-Idempotency-Token.'],
});
