/** Receivers as an app exports them: that this compiles shows that each type in them has a name outside its package. */

import { createReceiver, rawBodyHmac } from '@countersign/core';
import { appleAppStoreV2 } from '../src/apple-app-store-v2.ts';
import { awsSns } from '../src/aws-sns.ts';
import { clapwork } from '../src/clapwork.ts';
import { claro } from '../src/claro.ts';
import { clawget } from '../src/clawget.ts';
import { clientcasa } from '../src/clientcasa.ts';
import { clockify } from '../src/clockify.ts';
import { clockifyAddon } from '../src/clockify-addon.ts';
import { discord } from '../src/discord.ts';
import { fireblocks } from '../src/fireblocks.ts';
import { github } from '../src/github.ts';
import { plaid } from '../src/plaid.ts';
import { rfc9421 } from '../src/rfc9421.ts';
import { slack } from '../src/slack.ts';
import { standardWebhooks } from '../src/standard-webhooks.ts';
import { stripe } from '../src/stripe.ts';
import { svix } from '../src/svix.ts';
import { recordedDeliveries } from './recorded-delivery.ts';

const onWarning = () => {};
const recordingOf = (name: string) => recordedDeliveries.find(([, { provider }]) => provider === name)?.[1];
const secrets = 'exported-R7kQ2mXv9Ls4Tz8';
const base64Secret = recordingOf('svix')?.secret ?? '';
const addon = recordingOf('clockify-addon');

export const clapworkReceiver = createReceiver({ provider: clapwork, secrets, onWarning });
export const claroReceiver = createReceiver({ provider: claro, secrets, onWarning });
export const clawgetReceiver = createReceiver({ provider: clawget, secrets, onWarning });
export const clientcasaReceiver = createReceiver({
  provider: clientcasa({ scheme: rawBodyHmac({ header: 'x-example-signature' }) }),
  secrets,
  onWarning,
});
export const clockifyReceiver = createReceiver({ provider: clockify, secrets, onWarning });
export const clockifyAddonReceiver = createReceiver({
  provider: clockifyAddon,
  keys: addon?.key ?? '',
  secrets: addon?.secret ?? '',
  onWarning,
});
export const githubReceiver = createReceiver({ provider: github, secrets, onWarning });
export const slackReceiver = createReceiver({ provider: slack, secrets, onWarning });
export const standardWebhooksReceiver = createReceiver({
  provider: standardWebhooks,
  secrets: base64Secret,
  onWarning,
});
export const stripeReceiver = createReceiver({ provider: stripe, secrets, onWarning });
export const svixReceiver = createReceiver({ provider: svix, secrets: base64Secret, onWarning });
export const appleAppStoreV2Receiver = createReceiver({
  provider: appleAppStoreV2({ bundleId: 'com.example.app', environment: 'Production' }),
  keys: recordingOf('apple-app-store-v2')?.key ?? '',
  onWarning,
});
export const awsSnsReceiver = createReceiver({
  provider: awsSns({ topicArns: ['arn:aws:sns:eu-west-1:123456789012:orders'], signatureVersion: '2' }),
  onWarning,
});
export const discordReceiver = createReceiver({
  provider: discord,
  keys: recordingOf('discord')?.key ?? '',
  onWarning,
});
export const fireblocksReceiver = createReceiver({
  provider: fireblocks,
  keys: recordingOf('fireblocks')?.key ?? '',
  onWarning,
});
export const plaidReceiver = createReceiver({ provider: plaid, keys: async () => [], onWarning });
export const rfc9421Receiver = createReceiver({
  provider: rfc9421({ algorithm: 'hmac-sha256', components: ['@method', 'content-digest'] }),
  secrets: '0123456789abcdef0123456789abcdeF',
  onWarning,
});
