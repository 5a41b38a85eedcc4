/** The endpoints that commands send to: whether they can be reached, and the reports of their app. */

import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SimulationOptions, WebhookContractOptions } from '@countersign/testing';
import { type Command, InvalidArgumentError } from 'commander';
import { readText } from '../frame/bounded-text.ts';
import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing is listening there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its host name cannot be resolved',
  ECONNRESET: 'it closed the connection',
  ETIMEDOUT: 'it did not answer',
  EPROTO: 'it does not use TLS; is it http?',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; set its authority in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed; set its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified; set its authority in NODE_EXTRA_CA_CERTS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not use TLS; is it http?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not use TLS; is it http?',
};

/** An http or https URL. @throws InvalidArgumentError */
export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url.href;
  throw new InvalidArgumentError('Expected an http or https URL.');
}

/** A whole number above 0. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

/** Adds `--wait`. */
export function addWaitOption(command: Command): Command {
  return command.option(
    '--wait <seconds>',
    'time to wait until something is listening, for an app that is still starting; default 0',
    parseCount,
  );
}

/** The errors of an app that is still starting. */
const startingCodes: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Opens a connection and sends nothing, so that the endpoint sees no request.
 *
 * @param waitSeconds maximum time to retry if nothing is listening yet
 * @throws CliFailure target_unreachable
 */
export async function requireReachable(url: string, waitSeconds = 0): Promise<void> {
  const until = performance.now() + waitSeconds * 1000;
  for (;;) {
    try {
      await openOnce(url);
      return;
    } catch (cause) {
      const { name, code = name } = cause as NodeJS.ErrnoException;
      if (startingCodes.has(code) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      const reason = reasons[code] ?? `the system says ${printable(code)}`;
      const waited = waitSeconds === 0 || !startingCodes.has(code) ? '' : `, after ${waitSeconds} s`;
      const what = `cannot reach ${printable(withoutQuery(url))}: ${reason}${waited}`;
      throw new CliFailure('target_unreachable', what.endsWith('?') ? what : `${what}.`, { cause });
    }
  }
}

async function openOnce(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const isSecure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: Number(port || (isSecure ? 443 : 80)), timeout: 10_000 };
  await new Promise<void>((resolve, reject) => {
    const servername = isIP(host) === 0 ? host : '';
    const socket = isSecure ? connectTls({ ...address, servername }, resolve) : connect(address, resolve);
    const close = () => socket.destroy();
    socket.once(isSecure ? 'secureConnect' : 'connect', close).once('error', reject);
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('too late'), { code: 'ETIMEDOUT' })));
  });
}

/** A query may contain a token. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] as string;
}

/** Adds `--control`. */
export function addControlOption(command: Command): Command {
  return command.option(
    '--control <url>',
    'URL where the app under test reports effects (GET ?effects=ID) and makes its handler fail or hang (POST ?failing=on)',
    parseUrl,
  );
}

/** The reports and switches of an app under test at its control URL. */
export function controlOf(url: string): Required<Pick<WebhookContractOptions, 'effects' | 'failing' | 'hanging'>> & {
  order: NonNullable<SimulationOptions['effects']>;
} {
  const ask = async (method: string, query: Record<string, string>): Promise<string> => {
    const address = new URL(url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const response = await fetch(address, { method, signal: AbortSignal.timeout(10_000) }).catch((cause: unknown) => {
      throw new CliFailure('target_unreachable', `cannot reach ${printable(withoutQuery(url))} of --control.`, {
        cause,
      });
    });
    const text = await readText(response, 16_777_216);
    if (response.ok) return text;
    throw new CliFailure(
      'control_unusable',
      `--control answered ${response.status} to ${method} ?${Object.keys(query)}.`,
    );
  };
  const unusable = (what: string) => new CliFailure('control_unusable', `--control must respond with ${what}.`);
  return {
    async effects(id) {
      const text = (await ask('GET', { effects: id })).trim();
      if (!/^\d{1,9}$/.test(text)) throw unusable('?effects=ID with a whole number');
      return Number(text);
    },
    async order() {
      try {
        const list: unknown = JSON.parse(await ask('GET', { order: '' }));
        if (Array.isArray(list)) return list.map(String);
      } catch (error) {
        if (error instanceof CliFailure) throw error;
      }
      throw unusable('?order with a JSON array of ids');
    },
    failing: async (isOn) => void (await ask('POST', { failing: isOn ? 'on' : 'off' })),
    hanging: async (isOn) => void (await ask('POST', { hanging: isOn ? 'on' : 'off' })),
  };
}
