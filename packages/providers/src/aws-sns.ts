/** Amazon SNS over HTTPS: RSA over named fields of the message, with a certificate that the message names. */

import { type Delivery, UnverifiedDelivery, WebhookError } from '@countersign/core';
import type { CertificateSource, SignedPair } from '@countersign/core/describe';
import { bodyValues, composedText, computedText, definePreset, handshakes } from '@countersign/core/preset';
import { certificates, publicKey } from '@countersign/core/preset/public-key';
import type { AwsSnsEvents } from './events/aws-sns.ts';

export type { AwsSnsEvents } from './events/aws-sns.ts';

/** The messages that are accepted. */
export interface AwsSnsOptions {
  /**
   * The ARNs of the topics. SNS signs messages of every account alike, so without this list anyone with an account
   * could post to you.
   */
  readonly topicArns: readonly [string, ...string[]];
  /** The topic's attribute SignatureVersion. `1` is SHA-1, `2` SHA-256; a message with another one is refused. */
  readonly signatureVersion: '1' | '2';
  /** Used instead of the global fetch for certificates. */
  readonly fetch?: CertificateSource['fetch'];
}

/**
 * Amazon SNS signs named fields of the message with RSA. The certificate is fetched from the URL in the message, which
 * must be one of SNS's own.
 *
 * A SubscriptionConfirmation is verified and passed to the receiver's `handshakes.accept` with its `SubscribeURL`,
 * whose host is checked; nothing is fetched. To confirm, open that URL there, or call ConfirmSubscription with the
 * payload's token. An UnsubscribeConfirmation arrives as an event of that type.
 *
 * Deliveries are JSON in `text/plain`, which body parsers ignore. The attributes of a message are not signed.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: awsSns({ topicArns: ['arn:aws:sns:eu-west-1:123456789012:orders'], signatureVersion: '2' }),
 *   handshakes: { accept: async ({ value }) => (await fetch(value ?? '')).ok },
 * });
 *
 * @throws options_invalid without topics or signature version
 * @see https://github.com/aws/aws-js-sns-message-validator (index.js, read 2026-11-26)
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html (read 2026-11-26)
 * @see https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html (MessageId and Timestamp; read 2026-11-26)
 */
export function awsSns(options: AwsSnsOptions) {
  const { topicArns, signatureVersion, fetch } = options ?? {};
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `awsSns.${at}`, hint });
  const areArns =
    Array.isArray(topicArns) && topicArns.every((arn) => /^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[^:]+$/.test(arn));
  if (!areArns || topicArns.length === 0) throw refuse('topicArns', 'Pass the ARNs of your topics.');
  if (signatureVersion !== '1' && signatureVersion !== '2') {
    throw refuse(
      'signatureVersion',
      "Pass the topic's SignatureVersion, '1' or '2'; a topic without the attribute has '1'.",
    );
  }
  return definePreset<AwsSnsEvents, 'none'>({
    name: 'aws-sns',
    title: 'Amazon SNS',
    scheme: publicKey(
      {
        algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: signatureVersion === '1' ? 'SHA-1' : 'SHA-256' },
        signature: { json: 'Signature', encoding: 'base64' },
        timestamp: { json: 'Timestamp', unit: 'iso8601' },
        signs: [
          {
            name: 'named fields of the message',
            covers: ['body', 'timestamp'],
            layout: { assign: '\n', end: '\n' },
            payload: true,
            compute: (delivery) => signedFields(delivery, topicArns, signatureVersion),
          },
        ],
        certificate: {
          url: { json: 'SigningCertURL' },
          hosts: [
            { before: 'sns.', label: 'aws_region', after: '.amazonaws.com' },
            { before: 'sns.', label: 'aws_region', after: '.amazonaws.com.cn' },
            { before: 'sns.', label: 'aws_region', after: '.amazonaws.eu' },
          ],
          names: certificateNames,
          // Amazon's own validators do not check more of the path.
          pathEnd: '.pem',
          ...(fetch !== undefined && { fetch }),
        },
      },
      composedText,
      bodyValues,
      computedText,
      certificates,
    ),
    contentType: 'text/plain; charset=UTF-8',
    eventId: { json: 'MessageId' },
    eventType: { json: 'Type' },
    eventCreatedAt: { json: 'Timestamp', unit: 'iso8601' },
    // SNS signs the time of publication. Retries take up to an hour, and a throttled topic delivers even later.
    toleranceSeconds: { past: 86_400, future: 300 },
    retries: {
      delaysSeconds: [20, 20, 20],
      horizonSeconds: 3600,
      resigns: false,
      note: 'The default policy. Your own policy can have up to 100 retries, one hour in all. MessageId and Timestamp stay the same.',
    },
    handshakes: handshakes([
      {
        name: 'SubscriptionConfirmation',
        when: { method: 'POST', json: { Type: 'SubscriptionConfirmation' } },
        signed: true,
        value: { json: 'SubscribeURL' },
        asksApp: true,
        response: {},
        note: 'The app confirms by opening SubscribeURL, or with ConfirmSubscription and the token.',
      },
    ]),
    secretHelp: 'None. The certificate is fetched from SNS; the preset needs the ARNs of the topics.',
    source: {
      title: 'Amazon’s sns-message-validator for JavaScript, index.js',
      url: 'https://github.com/aws/aws-js-sns-message-validator/blob/master/index.js',
      readOn: '2026-11-26',
    },
    confidence: 'sdk_source',
    unsaid: [
      'How late a message can arrive: a throttled subscription builds up a backlog. The preset uses one day.',
      'How long the sender waits for a response.',
    ],
  });
}

/**
 * The names of SNS's certificates: one for most regions, others for those that are opt-in, in China or for governments.
 *
 * @see https://github.com/aws/aws-sdk-java-v2 (services-custom/sns-message-manager, SnsHostProvider.java, read 2026-11-26)
 */
const certificateNames = [
  'sns.amazonaws.com',
  { before: 'sns-signing.', label: 'aws_region', after: '.amazonaws.com' },
  { before: 'sns-signing.', label: 'aws_region', after: '.amazonaws.eu' },
  'sns-us-gov-west-1.amazonaws.com',
  'sns.amazonaws.com.cn',
  'sns-cn-north-1.amazonaws.com.cn',
  'sns-cn-northwest-1.amazonaws.com.cn',
] as const;

/** The signed fields of each type, in order; those after `?` may be absent. */
const signedNames: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject?', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/**
 * The signed text is names and values on separate lines, and Amazon signs it for anyone who publishes to a topic. Only
 * the message itself may have line breaks: any other field with one could contain names and values chosen by a forger.
 */
function signedFields(delivery: Delivery, topicArns: readonly string[], wanted: string): readonly SignedPair[] {
  const message = new UnverifiedDelivery(delivery).unverifiedJson() as Readonly<Record<string, unknown>>;
  const malformed = (at: string, hint: string) => new WebhookError('header_malformed', { at, hint });
  if (typeof message !== 'object' || message === null) throw malformed('body', 'Expected a JSON object.');
  const field = (name: string) => (Object.hasOwn(message, name) ? message[name] : undefined);
  const refuse = (at: string, hint: string) => new WebhookError('signature_mismatch', { at: `body ${at}`, hint });
  if (field('SignatureVersion') !== wanted)
    throw refuse('SignatureVersion', 'The message uses another signature version than the topic.');
  if (!topicArns.includes(field('TopicArn') as string))
    throw refuse('TopicArn', 'The topic is not in awsSns.topicArns.');
  const type = field('Type');
  const names = typeof type === 'string' && Object.hasOwn(signedNames, type) ? signedNames[type] : undefined;
  if (names === undefined) throw malformed('body Type', `Expected one of ${Object.keys(signedNames).join(', ')}.`);
  if (names.includes('SubscribeURL') && !isOfSns(field('SubscribeURL')))
    throw refuse('SubscribeURL', 'Expected a URL of SNS.');
  return names.flatMap((entry) => {
    const name = entry.replace('?', '');
    const value = field(name);
    if ((value === undefined || value === null) && entry.endsWith('?')) return [];
    if (typeof value !== 'string') throw malformed(`body ${name}`, 'Expected a string.');
    const free = name === 'Message';
    if (!free && /\p{Cc}/u.test(value)) throw malformed(`body ${name}`, 'The field contains a control character.');
    return [{ name, value, free }];
  });
}

function isOfSns(text: unknown): boolean {
  try {
    const { protocol, hostname, port, username } = new URL(text as string);
    const isHost = /^sns\.[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}\.amazonaws\.(?:com(?:\.cn)?|eu)$/.test(hostname);
    return protocol === 'https:' && port === '' && username === '' && isHost;
  } catch {
    return false;
  }
}
