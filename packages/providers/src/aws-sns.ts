/** Amazon SNS over HTTPS: RSA over named fields of the message, with a certificate that the message names. */

import {
  type CertificateSource,
  type Delivery,
  defineProvider,
  publicKey,
  UnverifiedDelivery,
  WebhookError,
} from '@countersign/core';

/** Which messages are to be believed. */
export interface AwsSnsOptions {
  /**
   * The ARNs of the topics. SNS signs messages of every account alike, so without this list anybody with an account could
   * post to you.
   */
  readonly topicArns: readonly [string, ...string[]];
  /** The topic's attribute SignatureVersion. `1` is SHA-1, `2` SHA-256; a message with another one is refused. */
  readonly signatureVersion: '1' | '2';
  /** Used in place of the global fetch for certificates. */
  readonly fetch?: CertificateSource['fetch'];
}

/**
 * Amazon SNS, which signs named fields of the message with RSA. The certificate is fetched from the address in the message,
 * which has to be one of SNS's own.
 *
 * A SubscriptionConfirmation is verified and handed to the receiver's `handshakes.accept` with its `SubscribeURL`, whose
 * host is checked; nothing is fetched. To confirm, open that address from there, or call ConfirmSubscription with the
 * payload's token. An UnsubscribeConfirmation arrives as an event of that type.
 *
 * Deliveries are JSON in `text/plain`, which body parsers pass over. The attributes of a message are not signed.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: awsSns({ topicArns: ['arn:aws:sns:eu-west-1:123456789012:orders'], signatureVersion: '2' }),
 *   handshakes: { accept: async ({ value }) => (await fetch(value ?? '')).ok },
 * });
 *
 * @throws options_invalid without topics or signature version
 * @see https://github.com/aws/aws-js-sns-message-validator (index.js, read 2026-11-20)
 */
export function awsSns(options: AwsSnsOptions) {
  const { topicArns, signatureVersion, fetch } = options ?? {};
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `awsSns.${at}`, hint });
  const areArns =
    Array.isArray(topicArns) && topicArns.every((arn) => /^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[^:]+$/.test(arn));
  if (!areArns || topicArns.length === 0) throw refuse('topicArns', 'Give the ARNs of your topics.');
  if (signatureVersion !== '1' && signatureVersion !== '2') {
    throw refuse(
      'signatureVersion',
      "Give the topic's SignatureVersion, '1' or '2'; a topic without the attribute has '1'.",
    );
  }
  return defineProvider<object, 'none'>({
    name: 'aws-sns',
    title: 'Amazon SNS',
    scheme: publicKey({
      algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: signatureVersion === '1' ? 'SHA-1' : 'SHA-256' },
      signature: { json: 'Signature', encoding: 'base64' },
      timestamp: { json: 'Timestamp', unit: 'iso8601' },
      signs: [
        {
          name: 'named fields of the message',
          covers: ['body', 'timestamp'],
          compute: (delivery) => signedFields(delivery, topicArns, signatureVersion),
        },
      ],
      certificate: {
        url: { json: 'SigningCertURL' },
        hosts: ['sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn'],
        pathEnd: '.pem',
        ...(fetch !== undefined && { fetch }),
      },
    }),
    eventId: { json: 'MessageId' },
    eventType: { json: 'Type' },
    toleranceSeconds: 3600,
    handshakes: [
      {
        name: 'SubscriptionConfirmation',
        when: { method: 'POST', json: { Type: 'SubscriptionConfirmation' } },
        signed: true,
        value: { json: 'SubscribeURL' },
        asksApp: true,
        answer: {},
        note: 'The app confirms by opening SubscribeURL, or by ConfirmSubscription with the token.',
      },
    ],
    secretHelp: 'None. The certificate is fetched from SNS; what has to be known are the ARNs of the topics.',
    source: {
      title: 'Amazon’s sns-message-validator for JavaScript, index.js',
      url: 'https://github.com/aws/aws-js-sns-message-validator/blob/master/index.js',
      readOn: '2026-11-20',
    },
    confidence: 'sdk_source',
    unverified: ['One hour as the greatest age of a message.'],
  });
}

const ofNotification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const ofConfirmation = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

function signedFields(delivery: Delivery, topicArns: readonly string[], wanted: string): string {
  const message = new UnverifiedDelivery(delivery).unverifiedJson() as Readonly<Record<string, unknown>>;
  if (typeof message !== 'object' || message === null) throw new WebhookError('header_malformed', { at: 'body' });
  const refuse = (at: string, hint: string) => new WebhookError('signature_mismatch', { at: `body ${at}`, hint });
  const { SignatureVersion: version } = message;
  if (version !== wanted) throw refuse('SignatureVersion', 'The topic signs by another version.');
  if (!topicArns.includes(message.TopicArn as string)) throw refuse('TopicArn', 'It is none of awsSns.topicArns.');
  const isConfirmation = message.Type === 'SubscriptionConfirmation' || message.Type === 'UnsubscribeConfirmation';
  if (isConfirmation && !isOfSns(message.SubscribeURL)) throw refuse('SubscribeURL', 'It is no address of SNS.');
  let text = '';
  for (const name of isConfirmation ? ofConfirmation : ofNotification) {
    const value = Object.hasOwn(message, name) ? message[name] : undefined;
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw new WebhookError('header_malformed', { at: `body ${name}` });
    text += `${name}\n${value}\n`;
  }
  return text;
}

function isOfSns(text: unknown): boolean {
  try {
    const { protocol, hostname, port, username } = new URL(text as string);
    const isHost = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(?:\.cn)?$/.test(hostname);
    return protocol === 'https:' && port === '' && username === '' && isHost;
  } catch {
    return false;
  }
}
