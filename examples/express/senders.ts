/** The sender's side of the demo. Signs with node:crypto only, so that no code is used to prove itself. */

import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { paths } from './server.ts';

/** One request as a sender would make it. */
export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Ways in which the demo's senders can misbehave. */
export interface Mishap {
  /** Signs with a secret that the app does not know. */
  readonly wrongSecret?: boolean;
  /** Seconds to add to the signed timestamp. */
  readonly timeShift?: number;
}

/** One of the first five senders. */
export interface Sender {
  readonly title: string;
  /** The parts of a delivery that its signature covers. */
  readonly signsBody: boolean;
  readonly signsTime: boolean;
  /** The header that carries the signature. */
  readonly header: string;
  /** Another header that the app requires. */
  readonly customHeader?: string;
  deliver(id: string, mishap?: Mishap): Request;
}

const addonKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const wrongSecret = randomBytes(24).toString('hex');

/** Fresh secrets for one run of the demo. */
export const secrets = {
  clapwork: randomBytes(24).toString('hex'),
  claro: randomBytes(24).toString('hex'),
  claroHeader: randomBytes(12).toString('hex'),
  clawget: randomBytes(24).toString('hex'),
  clientcasa: randomBytes(24).toString('hex'),
  clockify: randomBytes(24).toString('hex'),
  clockifyAddon: token(addonKeys.privateKey),
  clockifyAddonKey: addonKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};

const hmac = (secret: string, ...parts: (string | Buffer)[]) => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
};

/** The five senders; Clockify in both of its forms. */
export const senders: readonly Sender[] = [
  {
    title: 'Clapwork',
    signsBody: true,
    signsTime: true,
    header: 'x-webhook-signature',
    deliver(id, { wrongSecret: isWrong, timeShift = 0 } = {}) {
      const body = Buffer.from(`{"event":"payment.completed","id":"${id}","amount":475.50}`);
      const time = Math.floor(Date.now() / 1000) + timeShift;
      const signature = hmac(isWrong ? wrongSecret : secrets.clapwork, `${time}.`, body);
      return request(paths.clapwork, { 'x-webhook-signature': `t=${time},v1=${signature}` }, body);
    },
  },
  {
    title: 'Claro',
    signsBody: true,
    signsTime: false,
    header: 'x-webhook-signature',
    customHeader: 'x-demo-key',
    deliver(id, { wrongSecret: isWrong } = {}) {
      const body = Buffer.from(`{"event":"dataset.created","datasetId":"${id}","name":"Räume","type":"table"}`);
      const signature = hmac(isWrong ? wrongSecret : secrets.claro, body);
      return request(paths.claro, { 'x-webhook-signature': signature, 'x-demo-key': secrets.claroHeader }, body);
    },
  },
  {
    title: 'Clawget',
    signsBody: true,
    signsTime: false,
    header: 'x-clawget-signature',
    deliver(id, { wrongSecret: isWrong } = {}) {
      // The number, the escape and the spacing are what the sample on the sender's page breaks on.
      const created = Math.floor(Date.now() / 1000);
      const body = Buffer.from(
        `{ "type": "payout.completed", "id": "${id}", "created": ${created}, "data": { "amount": 475.50, "note": "caf\\u00e9" } }`,
      );
      return request(
        paths.clawget,
        { 'x-clawget-signature': hmac(isWrong ? wrongSecret : secrets.clawget, body) },
        body,
      );
    },
  },
  {
    title: 'ClientCasa (scheme chosen by the demo)',
    signsBody: true,
    signsTime: false,
    header: 'x-webhook-signature',
    deliver(id, { wrongSecret: isWrong } = {}) {
      const body = Buffer.from(JSON.stringify({ id, event: 'invoice_paid' }));
      return request(
        paths.clientcasa,
        { 'x-webhook-signature': hmac(isWrong ? wrongSecret : secrets.clientcasa, body) },
        body,
      );
    },
  },
  {
    title: 'Clockify',
    signsBody: false,
    signsTime: false,
    header: 'x-clockify-webhook-signature',
    deliver(id, { wrongSecret: isWrong } = {}) {
      const headers = {
        'x-clockify-webhook-signature': isWrong ? wrongSecret : secrets.clockify,
        'clockify-webhook-event-type': 'NEW_TIME_ENTRY',
      };
      return request(paths.clockify, headers, Buffer.from(JSON.stringify({ id, billable: true })));
    },
  },
  {
    title: 'Clockify add-on',
    signsBody: false,
    signsTime: false,
    header: 'clockify-signature',
    deliver(id, { wrongSecret: isWrong } = {}) {
      const headers = {
        'clockify-signature': isWrong ? token(strangerKeys.privateKey) : secrets.clockifyAddon,
        'clockify-webhook-event-type': 'NEW_TIME_ENTRY',
      };
      return request(paths.clockifyAddon, headers, Buffer.from(JSON.stringify({ id, billable: true })));
    },
  },
];

function request(path: string, headers: Record<string, string>, body: Buffer): Request {
  return { path, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** A JWT with RS256 (RFC 7515, RFC 7518 section 3.3). */
function token(key: KeyObject): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iss: 'clockify', sub: 'demo-addon', type: 'addon', workspaceId: 'w1', addonId: 'a1' })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}
