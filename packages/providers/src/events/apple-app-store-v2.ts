/** Notification types of the App Store, from Apple’s package. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const appleAppStoreV2 = {
  source: {
    title: 'Apple’s package @apple/app-store-server-library 3.1.0, models/NotificationTypeV2',
    url: 'https://github.com/apple/app-store-server-library-node/blob/main/models/NotificationTypeV2.ts',
    readOn: '2026-11-27',
  },
  names: [
    'CONSUMPTION_REQUEST',
    'DID_CHANGE_RENEWAL_PREF',
    'DID_CHANGE_RENEWAL_STATUS',
    'DID_FAIL_TO_RENEW',
    'DID_RENEW',
    'EXPIRED',
    'EXTERNAL_PURCHASE_TOKEN',
    'GRACE_PERIOD_EXPIRED',
    'METADATA_UPDATE',
    'MIGRATION',
    'OFFER_REDEEMED',
    'ONE_TIME_CHARGE',
    'PRICE_CHANGE',
    'PRICE_INCREASE',
    'REFUND',
    'REFUND_DECLINED',
    'REFUND_REVERSED',
    'RENEWAL_EXTENDED',
    'RENEWAL_EXTENSION',
    'RESCIND_CONSENT',
    'REVOKE',
    'SUBSCRIBED',
    'TEST',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Apple App Store Server Notifications V2, with unknown payloads. */
export interface AppleAppStoreV2Events extends NamedEvents<typeof appleAppStoreV2> {}
