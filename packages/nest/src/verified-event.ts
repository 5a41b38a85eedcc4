/** The decorators that give a controller's method its verified event, and the context of its run. */

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { verifiedOnRoute } from './node-sides.ts';

const eventOf = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => verifiedOnRoute(context, '@VerifiedEvent()').event,
);
const contextOf = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => verifiedOnRoute(context, '@WebhookContext()').context,
);

/**
 * Gives a method behind `@Webhook()` the event that its receiver has verified.
 *
 * Annotate it with `EventOf<typeof stripe>` for the sender's own types. The event never comes from a body, header or
 * query, and pipes that validate or transform bodies leave it unchanged.
 *
 * @example
 * @Controller('webhooks/github')
 * class GithubController {
 *   @Post()
 *   @Webhook('github')
 *   receive(@VerifiedEvent() event: WebhookEvent) {
 *     return { received: event.id };
 *   }
 * }
 *
 * @throws event_not_verified (the response is 500) if `@Webhook()` is missing on the method and on its controller
 */
export function VerifiedEvent(): ParameterDecorator {
  return eventOf();
}

/**
 * Gives a method behind `@Webhook()` the `HandlerContext` of its run: signal, attempt, deadline and, in mode
 * `transactional`, the open transaction.
 *
 * @example
 * @Controller('webhooks/github')
 * class GithubController {
 *   @Post()
 *   @Webhook('github')
 *   receive(@VerifiedEvent() event: WebhookEvent, @WebhookContext() { attempt }: HandlerContext) {
 *     return { received: event.id, attempt };
 *   }
 * }
 *
 * @throws event_not_verified (the response is 500) if `@Webhook()` is missing on the method and on its controller
 */
export function WebhookContext(): ParameterDecorator {
  return contextOf();
}
