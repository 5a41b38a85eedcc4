/** The signing inputs of commands: a secret from the same sources as for `verify`, or a private key from a file. */

import type { Provider } from '@countersign/core';
import { registry } from '@countersign/providers/registry';
import { canSign, type SigningOptions } from '@countersign/testing';
import type { Command } from 'commander';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { nameOf, readInput } from '../frame/input-file.ts';
import { findNearest, suggestion } from '../frame/nearest-name.ts';
import { addSecretOptions, readMaterial, type SecretOptions } from './secrets.ts';

/** The options added by {@link addSigningOptions}. */
export interface SigningFlags extends SecretOptions {
  readonly privateKey?: string;
  readonly keyId?: string;
  readonly type?: string;
}

/** Adds the sources of signing secrets and keys, and the options of an event. */
export function addSigningOptions(command: Command): Command {
  return addSecretOptions(command)
    .option('--private-key <file>', 'the private key (PEM or JWK), for senders that sign with one')
    .option('--key-id <name>', 'the name of the key, for senders that send one')
    .option('--type <name>', "the event's type, see countersign providers events; default: the first with a sample");
}

/** The secret or key, and the event's type. @throws CliFailure secret_missing, file_unreadable, usage, provider_unverifiable */
export async function readSigningMaterial(
  provider: Provider,
  flags: SigningFlags,
  frame: Frame,
): Promise<SigningOptions> {
  if (!canSign(provider))
    throw new CliFailure('usage', `${provider.name} signs with a scheme of its own, which is not known here.`);
  const { keyId, type } = flags;
  if (type !== undefined) await warnOfUnknownType(provider, type, frame);
  const named = { ...(keyId !== undefined && { keyId }), ...(type !== undefined && { type }) };
  const { material } = provider.scheme;
  if (material === 'secrets' || material === 'both') {
    if (flags.privateKey !== undefined)
      throw new CliFailure('usage', `${provider.name} signs with a shared secret, not with --private-key.`);
    const { secrets = [] } = await readMaterial('secrets', provider.name, flags, frame);
    return { ...named, secret: secrets.length === 1 ? (secrets[0] as string) : secrets };
  }
  if (flags.privateKey === undefined)
    throw new CliFailure(
      'secret_missing',
      `${provider.name} signs with a private key. Pass its file with --private-key.`,
    );
  const text = Buffer.from(await readInput(flags.privateKey, frame.surroundings))
    .toString('utf8')
    .trim();
  if (!text.startsWith('{')) return { ...named, privateKey: text };
  try {
    return { ...named, privateKey: JSON.parse(text) as Record<string, unknown> };
  } catch {
    // The engine's message quotes the file.
    throw new CliFailure(
      'secret_invalid',
      `${nameOf(flags.privateKey)} begins like JSON but is not valid JSON, so it is not a JWK.`,
    );
  }
}

/** A name that the sender does not document is signed all the same: it may be a new one. */
async function warnOfUnknownType({ name }: Provider, type: string, { output }: Frame): Promise<void> {
  const events = await registry.get(name)?.events();
  if (events === undefined || !('names' in events) || events.names.includes(type)) return;
  const near = suggestion(findNearest(type, events.names));
  const list = near === '' ? ` countersign providers events ${name} lists them.` : near;
  output.warn(`${type} is not among the events that ${name} documents; it is used as given.${list}`);
}
