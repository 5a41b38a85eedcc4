/** Dropbox: HMAC-SHA-256 over the raw body. */

import { definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { DropboxEvents } from './events/dropbox.ts';

export type { DropboxEvents } from './events/dropbox.ts';

/**
 * Dropbox signs the body in `X-Dropbox-Signature`, in hexadecimal, with the app secret. A delivery only lists accounts
 * in which something changed; it has neither id nor type, and two changes of one account look the same. So each
 * delivery runs, including Dropbox's retries, with or without a dedupe store: make the handler safe to run twice.
 *
 * The check of a new URL, a GET with `challenge`, is answered.
 *
 * @see https://github.com/dropbox/mdwebhook (app.py, read 2026-11-26)
 */
export const dropbox = definePreset<DropboxEvents>({
  name: 'dropbox',
  title: 'Dropbox',
  scheme: rawBodyHmac({ header: 'x-dropbox-signature' }),
  identity: {
    bytesRepeat: true,
    source: 'https://github.com/dropbox/mdwebhook (app.py, read 2026-11-26)',
    note: 'The body lists accounts and has neither id nor time, and no header has one. Two changes of one account look the same.',
  },
  responseDeadlineSeconds: 10,
  handshakes: handshakes([
    {
      name: 'challenge',
      when: { method: 'GET', query: { challenge: '*' } },
      signed: false,
      response: { body: { query: 'challenge' } },
    },
  ]),
  secretHelp: 'The app secret.',
  source: {
    title: 'Dropbox’s example mdwebhook, app.py',
    url: 'https://github.com/dropbox/mdwebhook/blob/master/app.py',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['Ten seconds for a response.'],
  unsaid: ['An id and a type of the event.', 'How deliveries are retried.'],
});
