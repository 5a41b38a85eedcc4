/** The decorator that makes a receiver verify requests to a controller. */

import { noteFailure } from '@countersign/http/node';
import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { tap } from 'rxjs/operators';
import { keepRoute, nodeSidesOf } from './node-sides.ts';
import { requireRoute, routesToken, type WebhookRoute, type WebhookRoutes } from './webhook-routes.ts';

/**
 * Lets only deliveries that a receiver has verified reach a method, or all methods of a controller.
 *
 * It is a guard on the route itself, so it runs wherever Nest's router calls that method, whatever the prefix, the
 * version or the middleware. Refused deliveries get their response before interceptors, pipes and the method. The
 * method runs under a claim, like a handler of `receive`: its response is sent once the event is on record, a duplicate
 * gets the first response, and an exception or any status other than 2xx and 410 releases the event for the sender's
 * retry.
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
 * @param name the name of a receiver in `WebhooksModule`
 * @throws options_invalid for an unknown name, when the app starts
 */
export function Webhook(name: string): MethodDecorator & ClassDecorator {
  return applyDecorators(UseGuards(createWebhookGuard(name)), UseInterceptors(failureNote));
}

/** Records the exception that a Nest filter turns into a response, for the outcome and the dead letter. */
const failureNote: NestInterceptor = {
  intercept(context, next) {
    const { request } = nodeSidesOf(context);
    return next.handle().pipe(tap({ error: (error) => noteFailure(request, error) }));
  },
};

/** One class for each use, because Nest gives a guard no arguments except what it injects. */
function createWebhookGuard(name: string): Type<CanActivate> {
  class WebhookGuard implements CanActivate {
    readonly #route: WebhookRoute;

    /** Nest creates its guards when the app starts, so a wrong name shows up then. */
    constructor(routes: WebhookRoutes) {
      this.#route = requireRoute(routes, name);
    }

    /** Never settles for a refused request: it has its response, so nothing after it may run or respond. */
    canActivate(context: ExecutionContext): Promise<boolean> {
      const { receiver, verify } = this.#route;
      const { request, response } = nodeSidesOf(context);
      return new Promise((resolve, reject) => {
        verify(request, response, (error) => {
          if (error !== undefined) return reject(error);
          keepRoute(request, context, receiver);
          resolve(true);
        });
      });
    }
  }
  Injectable()(WebhookGuard);
  Inject(routesToken)(WebhookGuard, undefined, 0);
  return WebhookGuard;
}
