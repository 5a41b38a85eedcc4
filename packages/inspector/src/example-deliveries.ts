/** A delivery of each sender to begin with: those that the tests of the presets have recorded, signed by others. */

import type { PresetAnswers } from '@countersign/providers/tools/preset-questions';

/** One recorded delivery. */
export interface ExampleDelivery {
  /** When it was signed, in seconds since 1970. */
  readonly at: number;
  readonly secret?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly body: string;
  /** Where the body is from, and who signed it. */
  readonly source: string;
  readonly signedBy: string;
}

declare global {
  /** The recordings by the id of their preset, put in place of this name by `vite.config.ts`. */
  const RECORDED_DELIVERIES: Readonly<Record<string, ExampleDelivery>>;
}

/** What the recordings of presets that ask were made for. */
const answers: Readonly<Record<string, PresetAnswers>> = {
  'apple-app-store-v2': { bundleId: 'com.example.recording', environment: 'Production' },
  braintree: { publicKey: 'recording_public_key' },
  clientcasa: { header: 'x-example-signature', eventType: 'event' },
  'constant-contact': { header: 'x-example-signature' },
  convoy: { mode: 'advanced', hash: 'SHA-512', encoding: 'base64' },
  'google-pubsub': {
    audience: 'https://example.com/push',
    serviceAccountEmail: 'push@recording.iam.gserviceaccount.com',
  },
  'integrated-finance': {
    eventTimestampHeader: 'x-example-event-timestamp',
    requestIdHeader: 'x-example-request-id',
  },
  rfc9421: { algorithm: 'ed25519', components: '@method,@target-uri,content-digest', tag: 'recording' },
};

/** Those whose certificate is fetched from the sender: the recordings have none that could be pasted. */
const withoutExample = ['aws-sns', 'paypal'];

/** The example of a sender, with the answers that its preset asks for; undefined where there is none. */
export function findExample(
  id: string,
): { readonly delivery: ExampleDelivery; readonly answers: PresetAnswers } | undefined {
  const delivery = RECORDED_DELIVERIES[id];
  if (delivery === undefined || withoutExample.includes(id)) return undefined;
  return { delivery, answers: answers[id] ?? {} };
}
