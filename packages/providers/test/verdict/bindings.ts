/** What of a delivery each preset binds to its identity, so that it can be said exactly what an accepted change may do. */

/**
 * `body`: the body is signed. `text`: a text that can be read in several ways is signed; its digest is the identity. `events`: each
 * event of a batch is signed by itself, the batch is not. `value`: one value stands for the event. `checksum`: of the body a
 * checksum is signed. `nothing`: a token stands beside the body.
 *
 * With the first four, no accepted change makes another identity of an event. With the last two, another body is another event,
 * and nothing but the body makes one.
 */
export type Binding = 'body' | 'text' | 'events' | 'value' | 'checksum' | 'nothing';

/** Every preset of which `signed.body` is false. */
const unsignedBodies: Readonly<Record<string, Binding>> = {
  adyen: 'events',
  'atlassian-connect': 'nothing',
  auth0: 'nothing',
  chargebee: 'nothing',
  clockify: 'nothing',
  'clockify-addon': 'nothing',
  'clockify-seed': 'nothing',
  'clockify-user': 'nothing',
  figma: 'nothing',
  gitlab: 'nothing',
  'google-pubsub': 'nothing',
  mailgun: 'value',
  'microsoft-graph': 'nothing',
  monday: 'nothing',
  okta: 'nothing',
  'own-values': 'value',
  paypal: 'checksum',
  plivo: 'text',
  'plivo-v2': 'nothing',
  postmark: 'nothing',
  telegram: 'nothing',
  twilio: 'text',
  xendit: 'nothing',
};

/** @throws Error for a preset that signs no body and of which nobody has said what holds instead */
export function bindingOf(preset: string, signsBody: boolean): Binding {
  const stated = Object.hasOwn(unsignedBodies, preset) ? unsignedBodies[preset] : undefined;
  if (signsBody === (stated !== undefined)) {
    throw new Error(`Say in bindings.ts what holds of ${preset}, whose signed.body is ${signsBody}.`);
  }
  return stated ?? 'body';
}

/** Presets of which a signed nonce, or a token that may have a `jti`, stands for the event where an app is strict, whatever the body. */
export const strictByNonce: ReadonlySet<string> = new Set([
  'atlassian-connect',
  'clockify-addon',
  'google-pubsub',
  'monday',
  'plivo-v2',
]);

/** Whether an accepted change leaves every event with its identity. */
export const isBound = (binding: Binding): boolean => binding !== 'checksum' && binding !== 'nothing';
