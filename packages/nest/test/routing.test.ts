/** Prefixes, versions and the order of middleware: the guard is where the controller is, so none of them leaves a gap. */

import { isWebhookError, type WebhookEvent } from '@countersign/core';
import { verifiedEvent, webhookMiddleware } from '@countersign/express';
import { VerifiedEvent, Webhook } from '@countersign/nest';
import {
  HttpCode,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  Post,
  Req,
  Res,
  VERSION_NEUTRAL,
  Version,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  closeAll,
  controllerOf,
  delivery,
  forged,
  type Method,
  moduleOf,
  platforms,
  receiverOf,
  serve,
  withReceiver,
} from './nest-app.ts';

afterEach(closeAll);

const plain = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

interface Setting {
  readonly name: string;
  readonly prefix?: string;
  readonly versioning?: VersioningOptions;
  /** Where the sender posts to for a mapped path of a version. */
  readonly place?: (path: string, version: string) => string;
  readonly headers?: (version: string) => Record<string, string>;
}

const settings: readonly Setting[] = [
  { name: 'nothing' },
  { name: 'a global prefix', prefix: 'api' },
  {
    name: 'versions in the URL',
    versioning: { type: VersioningType.URI },
    place: (path, version) => `/v${version}${path}`,
  },
  {
    name: 'a prefix and versions in the URL',
    prefix: 'api',
    versioning: { type: VersioningType.URI },
    place: (path, version) => path.replace('/api', `/api/v${version}`),
  },
  {
    name: 'a prefix and versions in a header',
    prefix: 'api',
    versioning: { type: VersioningType.HEADER, header: 'x-api-version' },
    headers: (version) => ({ 'x-api-version': version }),
  },
  {
    name: 'versions in the media type',
    versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    headers: (version) => ({ accept: `application/json;v=${version}` }),
  },
];

describe.each(platforms)('@Webhook() on %s', (platform) => {
  for (const { name, prefix, versioning, place = (path: string) => path, headers = () => ({}) } of settings) {
    it(`verifies behind ${name}, and no mapped route can be reached unsigned`, async () => {
      const run = vi.fn((event: WebhookEvent) => ({ id: event.id }));
      const method = (...decorators: MethodDecorator[]): Method => ({
        decorators: [...decorators, HttpCode(200), Webhook('github')],
        parameters: [VerifiedEvent()],
        run,
      });
      const { receiver } = receiverOf();
      const methods: Record<string, Method> =
        versioning === undefined
          ? { receive: method(Post()), tenant: method(Post(':tenant')) }
          : {
              first: method(Post(), Version('1')),
              second: method(Post(), Version('2')),
              tenant: method(Post(':tenant'), Version('2')),
            };
      const controllers = [controllerOf('hooks/github', methods)];
      const { url, logs } = await serve(
        platform,
        moduleOf({ imports: [withReceiver(receiver)], controllers }),
        (app) => {
          if (prefix !== undefined) app.setGlobalPrefix(prefix);
          if (versioning !== undefined) app.enableVersioning(versioning);
        },
      );
      const { routes } = logs;
      expect(routes.length).toBe(Object.keys(methods).length);
      const post = (route: (typeof routes)[number], sent: { readonly headers: Record<string, string> }) =>
        fetch(url + place(route.path.replace(':tenant', 'x'), route.version), {
          ...sent,
          headers: { ...sent.headers, ...headers(route.version) },
        });
      for (const route of routes) {
        for (const sent of [plain, await forged()])
          expect((await post(route, sent)).status, JSON.stringify(route)).toBe(401);
      }
      expect(run).not.toHaveBeenCalled();
      for (const route of routes) expect((await post(route, await delivery())).status).toBe(200);
      expect(run).toHaveBeenCalledTimes(routes.length);
    });
  }

  it('verifies a version that the request does not name', async () => {
    const run = vi.fn();
    const neutral: Method = {
      decorators: [Post(), Version(VERSION_NEUTRAL), Webhook('github')],
      parameters: [VerifiedEvent()],
      run,
    };
    const { receiver } = receiverOf();
    const controllers = [controllerOf('hooks', { neutral })];
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }), (app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'x-api-version' }),
    );
    expect((await fetch(`${url}/hooks`, plain)).status).toBe(401);
    expect((await fetch(`${url}/hooks`, await delivery())).status).toBe(201);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('verifies behind middleware of a module, which may have touched the request', async () => {
    const { receiver, reasons } = receiverOf();
    const run = vi.fn();
    const receive: Method = { decorators: [Post(), Webhook('github')], parameters: [VerifiedEvent()], run };
    class App {
      configure(consumer: MiddlewareConsumer) {
        const claim = (request: object, _response: unknown, next: () => void) => {
          Object.assign(request, { webhook: { id: 'from the middleware' }, user: 'somebody' });
          next();
        };
        consumer.apply(claim).forRoutes('*');
      }
    }
    Module({ imports: [withReceiver(receiver)], controllers: [controllerOf('hooks', { receive })] })(App);
    const { url } = await serve(platform, App);
    expect((await fetch(`${url}/hooks`, plain)).status).toBe(401);
    expect(run).not.toHaveBeenCalled();
    expect((await fetch(`${url}/hooks`, await delivery())).status).toBe(201);
    expect(reasons()).toEqual(['header_missing', 'handled']);
  });
});

describe('a request that one method has verified and hands on inside of Express', () => {
  it('is not verified for another method, which has no @Webhook()', async () => {
    const { receiver } = receiverOf();
    const run = vi.fn();
    const methods: Record<string, Method> = {
      receive: {
        decorators: [Post(), Webhook('github')],
        parameters: [Req(), Res()],
        run: (request: Request, response: Response) => {
          request.url = '/hooks/other';
          request.app(request, response);
        },
      },
      other: { decorators: [Post('other')], parameters: [VerifiedEvent()], run },
    };
    const module = moduleOf({ imports: [withReceiver(receiver)], controllers: [controllerOf('hooks', methods)] });
    const { url, logs } = await serve('Express', module);
    expect((await fetch(`${url}/hooks`, await delivery())).status).toBe(500);
    expect(run).not.toHaveBeenCalled();
    expect(logs.lines.join('\n')).toContain('event_not_verified');
  });
});

describe('app.use(path, webhookMiddleware(receiver)) in main.ts', () => {
  /** The middleware sits on a path of its own, and the controller on another once the app has a prefix. */
  const serveOldWay = async (read: (request: Request) => unknown, configure: (app: INestApplication) => void) => {
    const { receiver } = receiverOf();
    const errors: unknown[] = [];
    const receive: Method = {
      decorators: [Post(), HttpCode(200)],
      parameters: [Req()],
      run: (request: Request) => {
        try {
          return read(request);
        } catch (error) {
          errors.push(error);
          throw error;
        }
      },
    };
    const module = moduleOf({ controllers: [controllerOf('hooks', { receive })] });
    const { url } = await serve(
      'Express',
      module,
      (app) => {
        app.use('/hooks', webhookMiddleware(receiver));
        configure(app);
      },
      {},
    );
    return { url, receiver, errors };
  };

  it('lets an unsigned request through to the controller once there is a global prefix', async () => {
    const { url } = await serveOldWay(
      (request) => ({ seen: request.webhook?.id ?? 'nothing' }),
      (app) => app.setGlobalPrefix('api'),
    );
    const answer = await fetch(`${url}/api/hooks`, plain);
    expect([answer.status, await answer.json()]).toEqual([200, { seen: 'nothing' }]);
  });

  it('is a 500 there by the accessor, which throws where nothing was verified', async () => {
    const { receiver } = receiverOf();
    const { url, errors } = await serveOldWay(
      (request) => ({ id: verifiedEvent(receiver, request).id }),
      (app) => app.setGlobalPrefix('api'),
    );
    expect((await fetch(`${url}/api/hooks`, plain)).status).toBe(500);
    expect(errors.map((error) => isWebhookError(error) && error.code)).toEqual(['event_not_verified']);
  });
});
