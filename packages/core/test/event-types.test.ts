import {
  type AlwaysSent,
  createReceiver,
  defineProvider,
  type EventOf,
  type EventsOf,
  type EventTypeOf,
  type Handler,
  type HandlersByType,
  memoryStore,
  type ReceiverOptions,
  rawBodyHmac,
  type UnlistedEvent,
  type UnlistedType,
  type WebhookEvent,
} from '@countersign/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

interface Order {
  readonly order: string;
}

interface AcmeEvents extends AlwaysSent<'id' | 'type'> {
  readonly 'order.paid': Order;
  readonly 'order.lost': { readonly reason: string };
  readonly otherwise: { readonly object: string };
}

const description = {
  name: 'acme',
  scheme: rawBodyHmac({ header: 'x-acme-signature' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
} as const;
const acme = defineProvider<AcmeEvents>(description);
const complete = defineProvider<{ a: { x: 1 }; b: { y: 2 } }>(description);
const untyped = defineProvider(description);
const secrets = 'event-types-R7kQ2mXv9Ls4Tz8';
const onWarning = () => undefined;

// These hold or fail when the types are checked; at run time they only have to load.
describe('the types of events', () => {
  it('narrow by a listed type, and leave an event of any other type in the default', () => {
    const read = (event: EventOf<typeof acme>) => {
      expectTypeOf(event.id).toEqualTypeOf<string>();
      expectTypeOf(event.type).toExtend<string>();
      switch (event.type) {
        case 'order.paid':
          expectTypeOf(event.payload).toEqualTypeOf<Order>();
          return event.payload.order;
        case 'order.lost':
          return event.payload.reason;
        default:
          expectTypeOf(event.payload).toEqualTypeOf<{ readonly object: string }>();
          event satisfies UnlistedEvent;
          return event.type.toUpperCase();
      }
    };
    expect(read).toBeTypeOf('function');
  });

  it('name a missing case where the default must be unlisted, and a misspelt type where it is compared', () => {
    const read = (event: EventOf<typeof acme>, other: string) => {
      if (event.type === 'order.paid') return;
      // @ts-expect-error order.lost has no case
      event satisfies UnlistedEvent;
      // @ts-expect-error no such type
      if (event.type === 'order.piad') return;
      if (event.type === other) return;
      const text: string = event.type;
      expect(text).toBeDefined();
    };
    expect(read).toBeTypeOf('function');
  });

  it('exhaust a switch over a complete list', () => {
    const read = (event: EventOf<typeof complete>): number => {
      switch (event.type) {
        case 'a':
          return event.payload.x;
        case 'b':
          return event.payload.y;
        default:
          return event satisfies never;
      }
    };
    expectTypeOf<EventOf<typeof complete>['id']>().toEqualTypeOf<string | undefined>();
    expect(read).toBeTypeOf('function');
  });

  it('are open where nothing is listed', () => {
    expectTypeOf<EventOf<typeof untyped>>().toEqualTypeOf<WebhookEvent>();
    expectTypeOf<EventTypeOf<typeof untyped>>().toEqualTypeOf<string>();
    const onlyIds = defineProvider<AlwaysSent<'id'>>(description);
    expectTypeOf<EventOf<typeof onlyIds>>().toEqualTypeOf<WebhookEvent<string | undefined, unknown, string>>();
    const alike = defineProvider<AlwaysSent<'id' | 'type'> & Record<string, Order>>(description);
    expectTypeOf<EventOf<typeof alike>>().toEqualTypeOf<WebhookEvent<string, Order, string>>();
  });

  it('take a name of one’s own in addition', () => {
    const more = defineProvider<EventsOf<typeof acme> & { 'order.new': { fresh: true } }>(acme);
    expect({
      'order.new': (event) => expectTypeOf(event.payload).toEqualTypeOf<{ fresh: true }>(),
      'order.paid': (event) => expectTypeOf(event.payload).toEqualTypeOf<Order>(),
    } satisfies HandlersByType<EventOf<typeof more>>).toBeTypeOf('object');
    expectTypeOf<EventOf<typeof more>['id']>().toEqualTypeOf<string>();
    expectTypeOf<EventTypeOf<typeof more>>().toEqualTypeOf<'order.new' | 'order.paid' | 'order.lost'>();
  });

  it('refuse a misspelt name in handlers, and give each its own payload', () => {
    expect({
      'order.paid': (event) => {
        expectTypeOf(event.type).toEqualTypeOf<'order.paid'>();
        expectTypeOf(event.payload).toEqualTypeOf<Order>();
      },
      // @ts-expect-error no such type
      'order.piad': () => undefined,
      otherwise: (event) => expectTypeOf(event).toEqualTypeOf<EventOf<typeof acme>>(),
    } satisfies HandlersByType<EventOf<typeof acme>>).toBeTypeOf('object');
  });

  it('fit a handler of any event', () => {
    const logs: Handler = (event) => void event.payload;
    expectTypeOf(logs).toExtend<Handler<EventOf<typeof acme>>>();
    expectTypeOf<EventOf<typeof acme>>().toExtend<WebhookEvent>();
  });
});

describe('a handler', () => {
  const queue = { add: async (_: unknown) => new Job() };
  class Job {
    readonly id = '1';
    update() {
      return this.id;
    }
  }

  it('may return what a queue or a query returns, and no misshapen response', () => {
    const handlers: Handler[] = [
      (event) => queue.add(event.payload),
      async (event) => [await queue.add(event.payload)],
      async () => 'OK',
      () => 1,
      async () => null,
      () => Promise.all([queue.add(1)]),
      () => undefined,
      () => new Response('ok'),
      () => Response.json({ ok: true }),
      () => ({ status: 202, headers: { a: 'b' }, body: { ok: true } }),
      // @ts-expect-error a status is a number
      () => ({ status: '202' }),
      // @ts-expect-error a response has no such field
      () => ({ statusCode: 202 }),
      // @ts-expect-error a function that was not called
      () => () => undefined,
    ];
    expect(handlers).toHaveLength(13);
  });
});

describe('a schema’s output', () => {
  const zod = z.object({ order: z.string().transform(Number) });
  const valibot = v.object({ reason: v.pipe(v.string(), v.transform(Number)) });
  const ark = type({ order: 'string.numeric.parse' });

  it('is the payload of its type, with Zod, Valibot and ArkType, also in outcomes', () => {
    const receiver = createReceiver({
      provider: acme,
      secrets,
      onWarning,
      dedupe: memoryStore(),
      schemas: { 'order.paid': zod, 'order.lost': valibot },
      onOutcome: (outcome) => {
        if (outcome.kind === 'handled' && outcome.event.type === 'order.paid')
          expectTypeOf(outcome.event.payload).toEqualTypeOf<{ order: number }>();
      },
    });
    const handle = {
      'order.paid': (event) => expectTypeOf(event.payload).toEqualTypeOf<{ order: number }>(),
      'order.lost': (event) => expectTypeOf(event.payload).toEqualTypeOf<{ reason: number }>(),
    } satisfies Parameters<typeof receiver.receive>[1];
    expect(handle).toBeTypeOf('object');
    const third = createReceiver({ provider: acme, secrets, onWarning, schemas: { 'order.paid': ark } });
    expect(() =>
      third.receive({ body: new Uint8Array(), headers: {} }, (event) => {
        if (event.type === 'order.paid') expectTypeOf(event.payload).toEqualTypeOf<{ order: number }>();
        if (event.type === 'order.lost') expectTypeOf(event.payload).toEqualTypeOf<{ readonly reason: string }>();
      }),
    ).not.toThrow();
  });

  it('types the events of a sender without a list', () => {
    const receiver = createReceiver({ provider: untyped, secrets, onWarning, schemas: { 'order.paid': zod } });
    const handle = {
      'order.paid': (event) => expectTypeOf(event.payload).toEqualTypeOf<{ order: number }>(),
      otherwise: (event) => {
        if (event.type !== 'order.paid') expectTypeOf(event).toEqualTypeOf<UnlistedEvent>();
      },
    } satisfies Parameters<typeof receiver.receive>[1];
    expect(handle).toBeTypeOf('object');
  });

  it('is asked for under a listed name', () => {
    expect(
      // @ts-expect-error no such type
      createReceiver({ provider: acme, secrets, onWarning, schemas: { 'order.paid': zod, 'order.piad': zod } }),
    ).toBeTypeOf('object');
    const options: ReceiverOptions<typeof acme> = {
      provider: acme,
      secrets,
      onWarning,
      schemas: { 'order.paid': zod },
    };
    expectTypeOf(createReceiver(options).verify).returns.resolves.toExtend<{
      readonly type: 'order.paid' | 'order.lost' | UnlistedType;
    }>();
  });
});
