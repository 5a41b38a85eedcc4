/** A minimal Express app that verifies the first five senders. `npm run demo` posts to it. */

import type { AnyEvent, DedupeStore, HandlerContext, HandlerResponse, KeyInput, Outcome } from '@countersign/core';
import { createReceiver, memoryStore, rawBodyHmac } from '@countersign/core';
import { webhook } from '@countersign/express';
import { clapwork } from '@countersign/providers/clapwork';
import { claro } from '@countersign/providers/claro';
import { clawget } from '@countersign/providers/clawget';
import { clientcasa } from '@countersign/providers/clientcasa';
import { clockify } from '@countersign/providers/clockify';
import { clockifyAddon } from '@countersign/providers/clockify-addon';
import express, { type Express } from 'express';

/** The app's secrets: in a real app, from environment variables. */
export interface Settings {
  readonly secrets: {
    readonly clapwork: string | undefined;
    readonly claro: string | undefined;
    readonly claroHeader: string;
    readonly clawget: string | undefined;
    readonly clientcasa: string | undefined;
    readonly clockify: string | undefined;
    readonly clockifyAddon: string | undefined;
    readonly clockifyAddonKey: KeyInput | undefined;
  };
  /** Called with each verified event. */
  readonly handle: (
    event: AnyEvent,
    context: HandlerContext,
  ) => void | HandlerResponse | Promise<void | HandlerResponse>;
  readonly onOutcome?: (outcome: Outcome<AnyEvent>) => void;
  /** Default: a memory store. */
  readonly dedupe?: DedupeStore;
}

/** The path that each sender posts to. */
export const paths = {
  clapwork: '/webhooks/clapwork',
  claro: '/webhooks/claro',
  clawget: '/webhooks/clawget',
  clientcasa: '/webhooks/clientcasa',
  clockify: '/webhooks/clockify',
  clockifyAddon: '/webhooks/clockify-addon',
} as const;

/** Builds the app. Throws immediately if a secret is missing or unusable. */
export function createApp({ secrets, handle, onOutcome, dedupe = memoryStore() }: Settings): Express {
  // The assumptions of each preset are written on its page in docs; this demo signs by them.
  const policy = { dedupe, acceptAssumptions: true, ...(onOutcome !== undefined && { onOutcome }) };

  const receivers = {
    clapwork: createReceiver({ provider: clapwork, secrets: secrets.clapwork, ...policy }),
    claro: createReceiver({
      provider: claro,
      secrets: secrets.claro,
      requiredHeaders: { 'X-Demo-Key': secrets.claroHeader },
      ...policy,
    }),
    clawget: createReceiver({ provider: clawget, secrets: secrets.clawget, ...policy }),
    // ClientCasa's documentation names no signature. This scheme is the demo's own choice, not the sender's.
    clientcasa: createReceiver({
      provider: clientcasa({ scheme: rawBodyHmac({ header: 'x-webhook-signature' }), eventId: { json: 'id' } }),
      secrets: secrets.clientcasa,
      ...policy,
    }),
    clockify: createReceiver({ provider: clockify, secrets: secrets.clockify, ...policy }),
    clockifyAddon: createReceiver({
      provider: clockifyAddon,
      keys: secrets.clockifyAddonKey,
      secrets: secrets.clockifyAddon,
      ...policy,
    }),
  };

  const app = express();
  app.post(paths.clapwork, webhook(receivers.clapwork, handle));
  app.post(paths.claro, webhook(receivers.claro, handle));
  app.post(paths.clawget, webhook(receivers.clawget, handle));
  app.post(paths.clientcasa, webhook(receivers.clientcasa, handle));
  app.post(paths.clockify, webhook(receivers.clockify, handle));
  app.post(paths.clockifyAddon, webhook(receivers.clockifyAddon, handle));
  // Body parsers for the rest of an app come after the webhooks.
  app.use(express.json());
  return app;
}
