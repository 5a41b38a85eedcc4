/** What presets that have to be called ask for, so that it can be given as `--option name=value`. */

import { type HashName, rawBodyHmac } from '@countersign/core';
import { CliFailure } from './failure.ts';
import { findNearest, suggestion } from './nearest-name.ts';
import { printable } from './output.ts';

/** One thing that a preset asks for. */
export interface PresetOption {
  readonly name: string;
  readonly isRequired: boolean;
  readonly what: string;
  /** `list`: several, with commas between. `flag`: true or false. Default `text`. */
  readonly form?: 'list' | 'flag';
  /** A value that the preset takes. */
  readonly example: string;
}

interface PresetRow {
  readonly options: readonly PresetOption[];
  /** Makes of the given values what the preset takes, where it is not the values themselves. */
  readonly build?: (values: Readonly<Record<string, unknown>>) => unknown;
}

const required = (name: string, what: string, example: string, form?: PresetOption['form']): PresetOption => ({
  name,
  isRequired: true,
  what,
  example,
  ...(form !== undefined && { form }),
});
const optional = (...given: Parameters<typeof required>): PresetOption => ({
  ...required(...given),
  isRequired: false,
});

const hashing = [
  optional('hash', 'the hash, default SHA-256', 'SHA-256'),
  optional('encoding', 'hex (default) or base64', 'hex'),
];

/** A row for each function of the registry; a test holds them against the presets. */
export const presetRows: Readonly<Record<string, PresetRow>> = {
  'apple-app-store-v2': {
    options: [
      required('bundleId', 'the bundle id of the app', 'com.example.app'),
      required('environment', 'Production or Sandbox', 'Production'),
    ],
  },
  'aws-sns': {
    options: [
      required('topicArns', 'the ARNs of your topics', 'arn:aws:sns:eu-west-1:123456789012:orders', 'list'),
      required('signatureVersion', "the topic's SignatureVersion, 1 or 2", '2'),
    ],
  },
  braintree: {
    options: [required('publicKey', 'the public key beside the private key in the control panel', 'your_public_key')],
  },
  clientcasa: {
    options: [
      required('header', 'the header with an HMAC of the body, as your deliveries show it', 'x-signature'),
      ...hashing,
      optional('prefix', 'text before the signature, such as sha256=', 'sha256='),
      optional('eventId', 'the path of the id in the JSON body', 'id'),
      optional('eventType', 'the path of the type in the JSON body', 'event'),
    ],
    build: ({ header, hash, encoding, prefix, eventId, eventType }) => ({
      scheme: rawBodyHmac({
        header: String(header),
        ...(hash !== undefined && { hash: hash as HashName }),
        ...(encoding !== undefined && { encoding: encoding as 'hex' | 'base64' }),
        ...(prefix !== undefined && { prefix: String(prefix) }),
      }),
      ...(eventId !== undefined && { eventId: { json: String(eventId) } }),
      ...(eventType !== undefined && { eventType: { json: String(eventType) } }),
    }),
  },
  'constant-contact': {
    options: [required('header', 'the header with the signature, as your deliveries show it', 'x-signature')],
  },
  convoy: {
    options: [
      required('mode', 'simple or advanced', 'advanced'),
      required('hash', 'SHA-256 or SHA-512', 'SHA-256'),
      required('encoding', 'hex or base64', 'hex'),
      optional('header', 'the header, default X-Convoy-Signature', 'x-convoy-signature'),
    ],
  },
  'google-pubsub': {
    options: [
      required('audience', 'the audience of the push subscription', 'https://example.com/push'),
      required('serviceAccountEmail', 'its service account', 'push@my-project.iam.gserviceaccount.com'),
    ],
  },
  'integrated-finance': {
    options: [
      required('eventTimestampHeader', 'the header with the timestamp of the event', 'x-event-timestamp'),
      required('requestIdHeader', 'the header with the id of the request', 'x-request-id'),
    ],
  },
  paypal: { options: [required('webhookId', 'the id of the webhook from the dashboard', '4JH86294D6297924G')] },
  rfc9421: {
    options: [
      required('algorithm', 'ed25519, hmac-sha256, ... as RFC 9421 registers them', 'ed25519'),
      required('components', 'what has to be covered', '@method,@target-uri,content-digest', 'list'),
      optional('label', 'the label of the signature', 'sig1'),
      optional('tag', 'the parameter tag that it has', 'webhook'),
      optional('nonce', 'whether a nonce has to be there', 'true', 'flag'),
      optional('keyId', 'whether a keyid has to be there', 'true', 'flag'),
    ],
  },
};

/** The argument of a preset, out of `name=value` as given. @throws CliFailure usage */
export function parsePresetOptions(id: string, given: readonly string[]): unknown {
  const { options, build = (values: object): unknown => values }: PresetRow = presetRows[id] ?? {
    options: [],
  };
  const values: Record<string, unknown> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliFailure('usage', '--option takes name=value.');
    const name = text.slice(0, at);
    const option = options.find((one) => one.name === name);
    if (option === undefined) {
      const names = options.map((one) => one.name);
      const near = suggestion(findNearest(name, names));
      throw new CliFailure('usage', `${id} asks for no ${printable(name)}.${near} It asks for ${names.join(', ')}.`);
    }
    if (Object.hasOwn(values, name))
      throw new CliFailure('usage', `--option ${name} is given twice; join a list by commas.`);
    values[name] = parseValue(option, text.slice(at + 1));
  }
  const missing = options.filter(({ name, isRequired }) => isRequired && !Object.hasOwn(values, name));
  if (missing.length > 0) {
    const wanted = missing.map(({ name, what, example }) => `--option ${name}=${example} (${what})`);
    throw new CliFailure('usage', `${id} asks for what its sender leaves open: ${wanted.join(', ')}.`);
  }
  return build(values);
}

/** The examples of what is required, as they would be given. */
export function exampleOptions(id: string): readonly string[] {
  const options = presetRows[id]?.options ?? [];
  return options.filter(({ isRequired }) => isRequired).map(({ name, example }) => `${name}=${example}`);
}

function parseValue({ name, form }: PresetOption, text: string): unknown {
  if (form === 'list') return text.split(',').map((one) => one.trim());
  if (form !== 'flag') return text;
  if (text !== 'true' && text !== 'false') throw new CliFailure('usage', `--option ${name} takes true or false.`);
  return text === 'true';
}
