/** Descriptions of our own for what presets describe but nobody here can sign, such as texts that certificates vouch for. */

import { defineProvider, hmac, type Provider, UnverifiedDelivery, WebhookError } from '@countersign/core';

const signature = { header: 'x-own-signature', encoding: 'hex' } as const;

export const ownPresets: readonly (readonly [name: string, preset: Provider])[] = [
  defineProvider({
    name: 'own-pairs',
    scheme: hmac({
      hash: 'SHA-256',
      signature,
      // As Amazon SNS signs: names and values of some fields, each on a line of its own.
      signs: [
        {
          name: 'named fields of the body',
          covers: ['body'],
          layout: { assign: '\n', end: '\n' },
          payload: true,
          compute(delivery) {
            const json = new UnverifiedDelivery(delivery).unverifiedJson() as Readonly<Record<string, unknown>> | null;
            return ['note', 'id', 'type'].flatMap((name) => {
              const value =
                typeof json === 'object' && json !== null && Object.hasOwn(json, name) ? json[name] : undefined;
              if (value === undefined) return [];
              if (typeof value !== 'string') throw new WebhookError('header_malformed', { at: name });
              return [{ name, value, free: name === 'note' }];
            });
          },
        },
      ],
    }),
    eventId: { json: 'id' },
    eventType: { json: 'type' },
  }),
  defineProvider({
    name: 'own-values',
    scheme: hmac({
      hash: 'SHA-256',
      signature,
      timestamp: { json: 'at', unit: 'seconds' },
      signs: [
        'timestamp',
        { text: '|' },
        { json: 'id' },
        { text: '|' },
        { json: 'type' },
        { text: '|' },
        { json: 'note', otherwise: '', free: true },
      ],
    }),
    eventId: { json: 'id' },
    eventType: { json: 'type' },
  }),
  defineProvider({
    name: 'own-field',
    scheme: hmac({
      hash: 'SHA-256',
      signature,
      nonce: { header: 'x-own-nonce' },
      signs: ['nonce', { text: '.' }, { form: 'event', payload: true }],
    }),
    payload: 'form',
  }),
].map((preset) => [preset.name, preset] as const);
