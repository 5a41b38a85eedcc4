/** Salesforce's outbound messages: nothing in them can be verified. */

import type { UnverifiableProvider } from '@countersign/core/describe';

/**
 * Salesforce's outbound messages, which carry no signature and no token.
 *
 * The body names the id of the organisation, which is not a secret. Anyone who knows the URL can post such a message. A
 * receiver for it is refused with this reason.
 *
 * @see https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm
 *   (several notifications in a message, retries; read 2026-11-26)
 * @see https://github.com/hookdeck/webhook-skills (skills/salesforce-webhooks/references/verification.md, a third-party
 *   guide; read 2026-11-20)
 */
export const salesforce: UnverifiableProvider = {
  name: 'salesforce',
  title: 'Salesforce outbound messages',
  unverifiable:
    'An outbound message carries neither signature nor token, only the id of the organisation, which is not a secret.',
  instead:
    'Require mutual TLS with the certificate of the organisation or allow only its addresses, compare OrganizationId in the SOAP body, and fetch the record from the API before acting on it. The response must be a notificationsResponse with Ack true. A message has up to 100 notifications and is retried for 24 hours: find duplicates by the Id of each.',
  source: {
    title: 'hookdeck/webhook-skills, guide to Salesforce (not by Salesforce)',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
};
