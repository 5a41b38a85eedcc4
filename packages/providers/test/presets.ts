/** Every preset by its name, for tests that run over all of them. */

import { type Provider, rawBodyHmac } from '@countersign/core';
import { clapwork } from '../src/clapwork.ts';
import { claro } from '../src/claro.ts';
import { clawget } from '../src/clawget.ts';
import { clientcasa } from '../src/clientcasa.ts';
import { clockify } from '../src/clockify.ts';
import { clockifyAddon } from '../src/clockify-addon.ts';
import { github } from '../src/github.ts';
import { slack } from '../src/slack.ts';
import { standardWebhooks } from '../src/standard-webhooks.ts';
import { stripe } from '../src/stripe.ts';
import { svix } from '../src/svix.ts';

/** ClientCasa's preset takes its scheme from the user; this one, and its header, are made up for the tests. */
const clientcasaOfTheTests = clientcasa({
  scheme: rawBodyHmac({ header: 'x-example-signature' }),
  eventType: { json: 'event' },
});

export const presets: ReadonlyMap<string, Provider> = new Map(
  [
    clapwork,
    claro,
    clawget,
    clientcasaOfTheTests,
    clockify,
    clockifyAddon,
    github,
    slack,
    standardWebhooks,
    stripe,
    svix,
  ].map((preset): [string, Provider] => [preset.name, preset]),
);
