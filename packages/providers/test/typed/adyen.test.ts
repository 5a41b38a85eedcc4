import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { adyen as preset } from '../../src/adyen.ts';
import type { adyen as list } from '../../src/events/adyen.ts';
import { type AdyenEvents, adyen } from '../../src/typed/adyen.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof adyen>;
type Payload = AdyenEvents['AUTHORISATION'];

describe('the payloads of Adyen', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/Adyen/adyen-node-api-library, src/__mocks__/notification/authorisationTrue.json, without the
    // signature; read 2026-11-27.
    const payload = {
      additionalData: { expiryDate: '12/2012', authCode: '1234', cardSummary: '7777' },
      amount: { currency: 'EUR', value: 10100 },
      eventCode: 'AUTHORISATION',
      eventDate: '2017-01-19T16:42:03+01:00',
      merchantAccountCode: 'MagentoMerchantTest2',
      merchantReference: '8313842560770001',
      operations: ['CANCEL', 'CAPTURE', 'REFUND'],
      paymentMethod: 'visa',
      pspReference: '123456789',
      reason: '1234:7777:12/2012',
      success: 'true',
    } satisfies Payload;
    expect(await received(adyen, { live: 'false', notificationItems: [{ NotificationRequestItem: payload }] })).toEqual(
      [
        {
          type: 'AUTHORISATION',
          payload: expect.objectContaining({ amount: payload.amount, operations: payload.operations }),
        },
      ],
    );
    // @ts-expect-error A value of another type.
    ({ ...payload, success: true }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'AUTHORISATION' ? event.payload.amount.value : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'AUTHORISATIO';
    const handlers = {
      AUTHORISATION: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      AUTHORISATIO: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<AdyenEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<AdyenEvents>>().toEqualTypeOf<
      | 'ACH_NOTIFICATION_OF_CHANGE'
      | 'DIRECT_DEBIT_NOTICE_OF_CHANGE_NOTIFICATION'
      | 'PREARBITRATION_ACCEPTED'
      | 'PREARBITRATION_DECLINED'
      | 'PREARBITRATION_ISSUER_WITHDRAWN'
      | 'PREARBITRATION_OPEN'
      | 'SCHEME_ARBITRATION'
      | 'SCHEME_ARBITRATION_LOST'
      | 'SCHEME_ARBITRATION_WON'
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      additionalData: { hmacSignature: 'nuqOJkQ0pHTZ0xtdv3CioDQvW79zI2e3TQiW/qXimVs=' },
      pspReference: 'PSP0000000000001',
      originalReference: '',
      merchantAccountCode: 'RecordingMerchant',
      merchantReference: 'Bestellung ä-1',
      amount: { currency: 'EUR', value: 47550 },
      eventCode: 'AUTHORISATION',
      success: 'true',
      eventDate: '2026-11-21T10:00:00+01:00',
    } satisfies FieldsOf<AdyenEvents['AUTHORISATION']>;
    expect(recordedBody('adyen')).toEqual(
      expect.objectContaining({ notificationItems: expect.arrayContaining([{ NotificationRequestItem: recorded }]) }),
    );
  });

  it('come with the very preset of @countersign/providers/adyen', () => {
    expect(adyen).toBe(preset);
  });
});
