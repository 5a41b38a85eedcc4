/**
 * Countersign for NestJS: verification on the controller's route, so that no prefix, version or order of middleware
 * leaves a gap.
 */

export { VerifiedEvent, WebhookContext } from './verified-event.ts';
export { Webhook } from './webhook.ts';
export type { WebhooksModuleOptions } from './webhook-routes.ts';
export { WebhooksModule } from './webhooks-module.ts';
