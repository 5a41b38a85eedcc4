/**
 * Sample payloads of Adyen: single items of a notification, all about one payment.
 *
 * Fields: github.com/Adyen/adyen-node-api-library, src/__mocks__/notification, and the package’s types; read
 * 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { AdyenEvents } from '../typed/adyen.ts';

const payment = {
  amount: { currency: 'EUR', value: 2261 },
  eventDate: '2026-03-01T11:00:00+01:00',
  merchantAccountCode: 'ExampleShop',
  merchantReference: 'order-1001',
  paymentMethod: 'visa',
};

export const samples: SenderSamples = {
  AUTHORISATION: {
    ...payment,
    additionalData: { authCode: '000001', cardSummary: '1111', expiryDate: '03/2030' },
    eventCode: 'AUTHORISATION',
    operations: ['CANCEL', 'CAPTURE', 'REFUND'],
    pspReference: 'SAMPLE0000000001',
    reason: '000001:1111:03/2030',
    success: 'true',
  },
  CAPTURE: {
    ...payment,
    eventCode: 'CAPTURE',
    originalReference: 'SAMPLE0000000001',
    pspReference: 'SAMPLE0000000002',
    reason: '',
    success: 'true',
  },
  REFUND: {
    ...payment,
    eventCode: 'REFUND',
    originalReference: 'SAMPLE0000000001',
    pspReference: 'SAMPLE0000000003',
    reason: '',
    success: 'true',
  },
  CHARGEBACK: {
    ...payment,
    additionalData: { chargebackReasonCode: '10.4', disputeStatus: 'Undefended' },
    eventCode: 'CHARGEBACK',
    originalReference: 'SAMPLE0000000001',
    pspReference: 'SAMPLE0000000004',
    reason: 'Other Fraud-Card Absent Environment',
    success: 'true',
  },
} satisfies SamplesOf<AdyenEvents>;
