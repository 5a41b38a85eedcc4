import {
  createReceiver,
  defineProvider,
  type EventOf,
  type HandlersByType,
  type ReceiverOptions,
  rawBodyHmac,
  type Scheme,
  type UnlistedEvent,
  type UnlistedType,
  type WebhookEvent,
} from '@countersign/core';
import type Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { clapwork } from '../src/clapwork.ts';
import type { ClaroEvents, claro } from '../src/claro.ts';
import { type ClawgetEvents, clawget } from '../src/clawget.ts';
import { clientcasa } from '../src/clientcasa.ts';
import type { ClockifyTimeEntry, clockify } from '../src/clockify.ts';
import type { clockifyAddon, clockifyAddonFor } from '../src/clockify-addon.ts';
import type { github } from '../src/github.ts';
import { type StripeEvent, stripe } from '../src/stripe.ts';
import type { svix } from '../src/svix.ts';
import * as receivers from './exported-receivers.ts';
import { exportNameOf, presets } from './presets.ts';

// These hold or fail when the types are checked; at run time they only have to load.
describe('types', () => {
  it('take the events of a sender apart by their type', () => {
    const read = (event: EventOf<typeof clawget>) => {
      switch (event.type) {
        case 'purchase.completed':
          expectTypeOf(event.payload).toEqualTypeOf<ClawgetEvents['purchase.completed']>();
          return event.payload.data.buyer.email;
        case 'payout.completed':
          expectTypeOf(event.payload.data.amount).toEqualTypeOf<number>();
          return event.payload.data.txid;
        case 'subscription.cancelled':
          expectTypeOf(event.payload.data.ends_at).toEqualTypeOf<number>();
          return event.payload.data.reason;
        case 'review.created':
          return event.payload.data.reviewer.name;
        default:
          event satisfies UnlistedEvent;
          return undefined;
      }
    };
    expect(read).toBeTypeOf('function');
  });

  it('give each handler its own payload', () => {
    expect({
      'review.created': (event) => {
        expectTypeOf(event.payload.data.rating).toEqualTypeOf<number>();
      },
      // @ts-expect-error The sender has no such event.
      'review.deleted': () => {},
    } satisfies HandlersByType<EventOf<typeof clawget>>).toBeTypeOf('object');
    expect({
      'datasource.uploaded': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<ClaroEvents['datasource.uploaded']>();
        expectTypeOf(event.payload.fileName).toBeUnknown();
      },
    } satisfies HandlersByType<EventOf<typeof claro>>).toBeTypeOf('object');
    expect({
      NEW_TIME_ENTRY: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<ClockifyTimeEntry>();
      },
      TIMER_STOPPED: (event) => {
        expectTypeOf(event.payload).toBeUnknown();
      },
      otherwise: (event) => {
        expectTypeOf(event.provider).toBeString();
      },
    } satisfies HandlersByType<EventOf<typeof clockify>>).toBeTypeOf('object');
    expectTypeOf<EventOf<typeof clapwork>['payload']>().toBeUnknown();
    expectTypeOf<'milestone.approved'>().toExtend<EventOf<typeof clapwork>['type']>();
  });

  it('keep the events of a preset of which a part is replaced', () => {
    const completed = { ...clapwork, eventType: { json: 'event' } };
    expectTypeOf<EventOf<typeof completed>>().toEqualTypeOf<EventOf<typeof clapwork>>();
    const renamed = { ...clawget, name: 'clawget-test', toleranceSeconds: 60 };
    expectTypeOf<EventOf<typeof renamed>>().toEqualTypeOf<EventOf<typeof clawget>>();
    createReceiver({ provider: renamed, secrets: 'clawget-Jw5rTq8yBn2mVc6x' });
  });

  it('can be named where an app exports its receivers', () => {
    // One of each way in which a preset is made and typed; all others are made like one of these.
    for (const name of Object.keys(receivers)) expect(idOf(name) !== undefined, name).toBe(true);
    expect(Object.keys(receivers).length).toBeGreaterThanOrEqual(11);
  });

  it('name the events of GitHub, which always have an id and a type, and leave others open', () => {
    type Event = EventOf<typeof github>;
    expectTypeOf<Event['id']>().toEqualTypeOf<string>();
    expectTypeOf<'push' | 'pull_request'>().toExtend<Event['type']>();
    expectTypeOf<UnlistedType>().toExtend<Event['type']>();
    expectTypeOf<'psuh'>().not.toExtend<Event['type']>();
    expectTypeOf<undefined>().not.toExtend<Event['type']>();
  });

  it('leave the events of an app that sends through Svix open', () => {
    expectTypeOf<EventOf<typeof svix>>().toEqualTypeOf<WebhookEvent<string | undefined, unknown, string>>();
  });

  it('ask for secrets or keys as the scheme given to ClientCasa needs them', () => {
    const secretly = clientcasa({ scheme: rawBodyHmac({ header: 'x-example-signature' }) });
    const unusable: Scheme<'keys'> = {
      kind: 'custom_unusable',
      material: 'keys',
      signed: { body: true, id: false, timestamp: false },
      description: undefined,
      bind: () => {
        throw new Error('only its type is looked at');
      },
    };
    const publicly = clientcasa({ scheme: unusable });
    createReceiver({ provider: secretly, secrets: 'clientcasa-p4Ls9dQk7Xw2' });
    expect(() => {
      // @ts-expect-error A scheme of shared secrets takes no keys.
      createReceiver({ provider: secretly, keys: 'none' });
    }).toThrow();
    expectTypeOf<ReceiverOptions<typeof publicly>>().toHaveProperty('keys');
    expectTypeOf<ReceiverOptions<typeof publicly>['secrets']>().toEqualTypeOf<undefined>();
    expectTypeOf<NonNullable<EventOf<typeof publicly>['type']>>().toExtend<string>();
    expectTypeOf<'invoice_paid'>().toExtend<EventOf<typeof publicly>['type']>();
  });

  it('ask for keys and stored tokens for an add-on of Clockify', () => {
    expectTypeOf<Required<Pick<ReceiverOptions<typeof clockifyAddon>, 'keys' | 'secrets'>>>().toEqualTypeOf<
      Pick<ReceiverOptions<typeof clockifyAddon>, 'keys' | 'secrets'>
    >();
    expectTypeOf<EventOf<typeof clockifyAddon>>().toEqualTypeOf<EventOf<ReturnType<typeof clockifyAddonFor>>>();
    expectTypeOf<'TIMER_STOPPED'>().toExtend<EventOf<typeof clockifyAddon>['type']>();
  });

  it('accept the events of Stripe by its own package', () => {
    type Events = { [E in Stripe.Event as E['type']]: E };
    const provider = defineProvider<Events>(stripe);
    expect({
      'invoice.paid': (event) => {
        expectTypeOf(event.payload.data.object).toEqualTypeOf<Stripe.Invoice>();
      },
    } satisfies HandlersByType<EventOf<typeof provider>>).toBeTypeOf('object');
    expect({
      'invoice.paid': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<StripeEvent>();
      },
    } satisfies HandlersByType<EventOf<typeof stripe>>).toBeTypeOf('object');
    expectTypeOf<Stripe.Event>().toExtend<StripeEvent>();
    expect(provider).toBe(stripe);
  });
});

/** `clockifyAddonReceiver` to `clockify-addon`. */
function idOf(receiverName: string): string | undefined {
  return [...presets.keys()].find((id) => `${exportNameOf(id)}Receiver` === receiverName);
}
