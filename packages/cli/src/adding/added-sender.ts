/** A sender to write code for: its preset, its variables, and what a test can sign. */

import { createReceiver, type Provider } from '@countersign/core';
import { describeScheme } from '@countersign/core/describe';
import { fetchHandler } from '@countersign/http/fetch';
import type { RegistryEntry } from '@countersign/providers/registry';
import {
  exampleAnswers,
  type PresetQuestion,
  presetArgument,
  presetQuestions,
} from '@countersign/providers/tools/preset-questions';
import { exportNameOf, type ReceiverVariables, receiverVariablesOf } from '@countersign/providers/tools/receiver-code';
import { createSigningKeys, type SigningOptions, signDelivery, toRequest } from '@countersign/testing';

/** The variable with the origin, for senders that sign their URL. */
export const publicUrlVariable = 'PUBLIC_URL';

/** A sender, as far as its code depends on it. */
export interface AddedSender {
  readonly id: string;
  readonly title: string;
  readonly provider: Provider;
  readonly exportName: string;
  /** `Stripe` of `createStripeReceiver`. */
  readonly className: string;
  /** The facts that it leaves open, and the placeholders. */
  readonly questions: readonly PresetQuestion[];
  readonly answers: Readonly<Record<string, string>>;
  readonly variables: ReceiverVariables & { readonly publicUrl?: string };
  readonly trial: Trial;
}

/** The abilities of a test with this sender. */
export interface Trial {
  /** `secret`, `keys`: it can sign deliveries that the receiver accepts. `nothing`: the keys are at the sender. */
  readonly signsWith: 'secret' | 'keys' | 'nothing';
  /** False if the receiver needs something that only the sender has, such as a root certificate. */
  readonly starts: boolean;
  readonly secret: string;
  readonly otherSecret: string;
  /** The statuses of the responses to a genuine and to a forged delivery. */
  readonly accepted: number;
  readonly refused: number;
}

/** Reads a sender's preset, with examples as answers to its questions, and tries a delivery. */
export async function readSender(entry: RegistryEntry): Promise<AddedSender> {
  const { id, title, kind } = entry;
  const answers = exampleAnswers(id);
  const loaded = await entry.load();
  const provider =
    kind === 'asks' ? (loaded as (argument: unknown) => Provider)(presetArgument(id, answers)) : (loaded as Provider);
  const exportName = exportNameOf(id);
  return {
    id,
    title,
    provider,
    exportName,
    className: `${exportName.charAt(0).toUpperCase()}${exportName.slice(1)}`,
    questions: presetQuestions(id),
    answers,
    variables: {
      ...receiverVariablesOf(id, provider),
      ...(describeScheme(provider.scheme).needsPublicUrl && { publicUrl: publicUrlVariable }),
    },
    trial: await tryDelivery(id, provider),
  };
}

/** Does here what the written test will do: its expectations are the responses of the library. */
async function tryDelivery(id: string, provider: Provider): Promise<Trial> {
  const secret = testSecretOf(provider, `${id}_secret_of_this_test_only_0123456789`);
  const otherSecret = testSecretOf(provider, 'another_secret_of_this_test_only_0123456789');
  const keys = createSigningKeys(provider);
  const other = createSigningKeys(provider);
  const usesKeys = provider.scheme.material === 'keys' || provider.scheme.material === 'none';
  const genuine: SigningOptions = usesKeys ? keys.signing : { secret };
  const forged: SigningOptions = usesKeys ? other.signing : { secret: otherSecret };
  const serve = serverOf(provider, materialFor(provider, usesKeys ? keys.receiver : { secrets: secret }));
  const statusOf = async (signing: SigningOptions) => {
    if (serve === undefined) return 0;
    try {
      return (await serve(toRequest(await signDelivery(provider, signing)))).status;
    } catch {
      return 0;
    }
  };
  const accepted = await statusOf(genuine);
  return {
    signsWith: accepted < 200 || accepted > 299 ? 'nothing' : usesKeys ? 'keys' : 'secret',
    starts: serve !== undefined,
    secret,
    otherSecret,
    accepted,
    refused: await statusOf(forged),
  };
}

/** A sender whose keys are fetched from it gets none. */
function materialFor({ scheme }: Provider, given: object): object {
  return scheme.material === 'none' ? {} : given;
}

function serverOf(provider: Provider, given: object): ((request: Request) => Promise<Response>) | undefined {
  const silent = { onOutcome: () => undefined, onWarning: () => undefined };
  try {
    const receiver = createReceiver({
      provider,
      ...given,
      ...silent,
      ...(describeScheme(provider.scheme).needsPublicUrl && { publicUrl: 'https://example.com' }),
    } as never);
    return fetchHandler(receiver, () => undefined);
  } catch {
    return undefined;
  }
}

/** A secret in the sender's form whose text says that it is none. */
function testSecretOf({ scheme }: Provider, text: string): string {
  if (scheme.kind === 'hmac') return secretText(scheme.description.secret, text);
  if (scheme.kind !== 'shared_token') return text;
  const { token, secret } = scheme.description;
  return 'scheme' in token && token.scheme === 'Basic' ? `countersign:${text}` : secretText(secret, text);
}

function secretText(
  { encoding = 'utf8', prefix = '' }: { readonly encoding?: string; readonly prefix?: string } = {},
  text: string,
): string {
  const isText = encoding === 'utf8' || encoding === 'utf8_nfkd';
  return prefix + (isText ? text : Buffer.from(text).toString(encoding as BufferEncoding));
}
