/** Only the signed deliveries, for runtimes that have node:crypto but no servers, such as tests inside a Worker. */

export { type DeliveriesOptions, deliveriesOf, type MakeDelivery } from './signing/deliveries-of.ts';
export {
  type InjectOptions,
  type LambdaEventForm,
  type SuperTest,
  sendBy,
  toInjectOptions,
  toLambdaEvent,
  toRequest,
} from './signing/delivery-forms.ts';
export { canSign, signDelivery } from './signing/sign-delivery.ts';
export { createSigningKeys, type SigningKeys } from './signing/signing-keys.ts';
export type {
  EventBody,
  OtherType,
  PartOf,
  PrivateKey,
  SignedDelivery,
  SigningOptions,
} from './signing/signing-options.ts';
