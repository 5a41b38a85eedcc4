/** Countersign for NestJS: verification where the controller is, so that no prefix, version or order of middleware leaves a gap. */

export { VerifiedEvent, WebhookContext } from './verified-event.ts';
export { Webhook } from './webhook.ts';
export type { WebhooksModuleOptions } from './webhook-routes.ts';
export { WebhooksModule } from './webhooks-module.ts';
