/** Dropbox: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Dropbox, which signs the body in `X-Dropbox-Signature`, in hexadecimal, with the app secret. A delivery only lists
 * accounts in which something changed; it has neither id nor type, and two changes shortly after each other may look
 * the same: do not put a dedupe store in front of it unless a lost notification is made up for.
 *
 * The check of a new address, a GET with `challenge`, is answered.
 *
 * @see https://github.com/dropbox/mdwebhook (app.py, read 2026-11-20)
 */
export const dropbox = defineProvider({
  name: 'dropbox',
  title: 'Dropbox',
  scheme: rawBodyHmac({ header: 'x-dropbox-signature' }),
  responseDeadlineSeconds: 10,
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'GET', query: { challenge: '*' } },
      signed: false,
      answer: { body: { query: 'challenge' } },
    },
  ],
  secretHelp: 'The app secret.',
  source: {
    title: 'Dropbox’s example mdwebhook, app.py',
    url: 'https://github.com/dropbox/mdwebhook',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['Ten seconds for an answer.'],
  unsaid: ['An id and a type of the event.', 'How deliveries are repeated.'],
});
