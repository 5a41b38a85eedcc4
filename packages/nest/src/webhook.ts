/** The decorator that has a receiver verify what comes to a controller. */

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
 * Lets only deliveries that a receiver has verified come to a method, or to all methods of a controller.
 *
 * A guard of the route itself, so it runs wherever Nest's router leads to that method, whatever the prefix, the version or the middleware.
 * What is refused is answered before interceptors, pipes and the method. The method runs under a claim, as a handler of `receive`
 * does: its response is sent once the event is on record, a duplicate gets the first response, and an exception or any status but 2xx
 * and 410 releases the event for the sender's retry.
 *
 * @example
 * @Post()
 * @Webhook('github')
 * receive(@VerifiedEvent() event: WebhookEvent) {
 *   return this.releases.prepare(event);
 * }
 *
 * @param name of a receiver given to `WebhooksModule`
 * @throws options_invalid for an unknown name, when the app starts
 */
export function Webhook(name: string): MethodDecorator & ClassDecorator {
  return applyDecorators(UseGuards(createWebhookGuard(name)), UseInterceptors(failureNote));
}

/** Notes the exception that a filter of Nest turns into a response, for the outcome and the dead letter. */
const failureNote: NestInterceptor = {
  intercept(context, next) {
    const { request } = nodeSidesOf(context);
    return next.handle().pipe(tap({ error: (error) => noteFailure(request, error) }));
  },
};

/** One class for each use, since Nest hands a guard no argument but what it injects. */
function createWebhookGuard(name: string): Type<CanActivate> {
  class WebhookGuard implements CanActivate {
    readonly #route: WebhookRoute;

    /** Nest makes its guards when the app starts, so a wrong name shows then. */
    constructor(routes: WebhookRoutes) {
      this.#route = requireRoute(routes, name);
    }

    /** Never settles for a request that is refused: it has its response, so nothing behind may run or answer. */
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
