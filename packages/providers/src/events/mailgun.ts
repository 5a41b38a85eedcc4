/** Event names of Mailgun. Temporary and permanent failures are both “failed”. */

import type { EventNames } from './event-names.ts';

export const mailgun = {
  source: {
    title: 'Mailgun documentation, Webhooks (which events), and Mailgun’s package for Go, events/enums.go (spelling)',
    url: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks',
    readOn: '2026-11-27',
  },
  names: ['accepted', 'clicked', 'complained', 'delivered', 'failed', 'opened', 'unsubscribed'],
  always: ['id', 'type'],
} as const satisfies EventNames;
