/** The identity of events in HubSpot's webhooks, for every signature version. */

/** `eventId` alone is not guaranteed to be unique, and `attemptNumber` grows with each attempt. */
const hubspotEventId = {
  json: ['portalId', 'subscriptionId', 'objectId', 'fromObjectId', 'toObjectId', 'eventId', 'occurredAt'],
  join: ':',
  // Events about an association have the two objects instead of one, and not always a subscription.
  optional: ['subscriptionId', 'objectId', 'fromObjectId', 'toObjectId'],
} as const;

/** The common parts of the batches of both versions. */
export const hubspotBatches = {
  eventId: hubspotEventId,
  eventType: { json: 'subscriptionType' },
  eventCreatedAt: { json: 'occurredAt', unit: 'milliseconds' },
  batch: { json: '*' },
  responseDeadlineSeconds: 5,
  retries: {
    horizonSeconds: 86_400,
    // attemptNumber is in the body.
    keepsBody: false,
    retriedOn: ['4xx', '5xx'],
    note: 'Up to ten retries, spread over 24 hours, after a failed connection, a timeout or a status of 400 and more.',
  },
} as const;

/** The secret of every version. */
export const hubspotSecret = {
  secretHelp: 'The client secret of the app, used as text.',
  wrongSecrets: { 'pat-': 'an access token of a private app' },
} as const;
