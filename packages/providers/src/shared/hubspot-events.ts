/** What tells the events of HubSpot's webhooks apart, whichever signature they carry. */

/** `eventId` alone is not guaranteed to be unique, and `attemptNumber` grows with each attempt. */
export const hubspotEventId = {
  json: ['portalId', 'subscriptionId', 'objectId', 'fromObjectId', 'toObjectId', 'eventId', 'occurredAt'],
  join: ':',
  // Events about an association have the two objects in place of the one, and not always a subscription.
  optional: ['subscriptionId', 'objectId', 'fromObjectId', 'toObjectId'],
} as const;
