import { createReceiver, type WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook, WebhooksModule } from '@countersign/nest';
import { meta } from '@countersign/providers/meta';
import {
  All,
  Body,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Get,
  HttpCode,
  type NestInterceptor,
  Post,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { map } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  answerOf,
  closeAll,
  controllerOf,
  delivery,
  forged,
  type Method,
  moduleOf,
  platforms,
  receiverOf,
  secret,
  serve,
  withReceiver,
} from './nest-app.ts';

afterEach(closeAll);

/** Returns the reference that was pushed. */
const prepare = (event: WebhookEvent) => ({ prepared: (event.payload as { ref: string }).ref });
const hook = (run: (...given: never[]) => unknown, ...decorators: MethodDecorator[]): Method => ({
  decorators: [Post(), HttpCode(200), Webhook('github'), ...decorators],
  parameters: [VerifiedEvent()],
  run,
});

describe.each(platforms)('@Webhook() on %s', (platform) => {
  const serveHook = (method: Method, policy = {}, configure?: Parameters<typeof serve>[2]) => {
    const { receiver, ...seen } = receiverOf(policy);
    const controllers = [controllerOf('hooks', { receive: method })];
    return serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }), configure).then((served) => ({
      ...seen,
      url: `${served.url}/hooks`,
      logs: served.logs,
    }));
  };

  it('lets the method answer a genuine delivery, and gives a copy the same response without a second run', async () => {
    const run = vi.fn(prepare);
    const { url, reasons } = await serveHook(hook(run));
    const sent = await delivery({ ref: 'refs/tags/v1' });
    const first = await fetch(url, sent);
    expect([first.headers.get('content-type'), first.headers.get('webhook-replayed')]).toEqual([
      'application/json; charset=utf-8',
      null,
    ]);
    expect(await answerOf(first)).toEqual([200, '{"prepared":"refs/tags/v1"}']);
    const second = await fetch(url, sent);
    expect([second.headers.get('content-type'), second.headers.get('webhook-replayed')]).toEqual([
      'application/json; charset=utf-8',
      'true',
    ]);
    expect(await answerOf(second)).toEqual([200, '{"prepared":"refs/tags/v1"}']);
    expect(run).toHaveBeenCalledTimes(1);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('refuses what is forged or unsigned, with the generic response, and runs nothing', async () => {
    const run = vi.fn(prepare);
    const { url, reasons } = await serveHook(hook(run));
    const unsigned = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    const refused = [401, '{"error":"unauthorized"}'];
    expect(await answerOf(fetch(url, await forged()))).toEqual(refused);
    expect(await answerOf(fetch(url, unsigned))).toEqual(refused);
    expect(run).not.toHaveBeenCalled();
    expect(reasons()).toEqual(['signature_mismatch', 'header_missing']);
  });

  it('takes the event from nothing that a request carries', async () => {
    const run = vi.fn((event: unknown) => ({ event }));
    const { receiver } = receiverOf();
    const open: Method = { decorators: [Post()], parameters: [VerifiedEvent()], run };
    const controllers = [controllerOf('open', { receive: open })];
    const { url, logs } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    const claims = '{"webhook":{"id":"1"},"countersign.verified":[1],"Symbol(countersign.nest.route)":1}';
    const sent = await delivery(claims);
    const headers = { ...sent.headers, webhook: '1', verified: 'true', 'countersign.verified': '1' };
    const body = { statusCode: 500, message: 'Internal server error' };
    const answer = await fetch(`${url}/open?webhook[id]=1&countersign.verified=1`, { ...sent, headers });
    expect([answer.status, await answer.json()]).toEqual([500, body]);
    expect(run).not.toHaveBeenCalled();
    expect(logs.lines.join('\n')).toMatch(
      /event_not_verified: .* At @VerifiedEvent\(\) of TestController\.\w+\. Put @Webhook\('name'\) on this method/,
    );
  });

  it('protects every method of a controller that it stands on', async () => {
    const run = vi.fn(prepare);
    const plain: Method = { decorators: [Post('plain')], parameters: [VerifiedEvent()], run };
    const { receiver } = receiverOf();
    const controllers = [controllerOf('all', { plain }, Webhook('github'))];
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    expect((await fetch(`${url}/all/plain`, await forged())).status).toBe(401);
    expect((await fetch(`${url}/all/plain`, await delivery({ ref: 'r' }))).status).toBe(201);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('runs a copy that comes meanwhile not at all, and tells its sender when to come back', async () => {
    let release: () => void = () => undefined;
    const run = vi.fn(() => new Promise<void>((resolve) => (release = resolve)));
    const { url, reasons } = await serveHook(hook(run));
    const sent = await delivery();
    const first = fetch(url, sent);
    await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1));
    const second = await fetch(url, sent);
    expect([second.status, Number(second.headers.get('retry-after')) > 0]).toEqual([503, true]);
    release();
    expect((await first).status).toBe(200);
    expect(reasons()).toEqual(['in_flight', 'handled']);
  });

  it('hands the event over as it is, whatever a global ValidationPipe does to bodies', async () => {
    class Push {
      declare ref: string;
    }
    const events: WebhookEvent[] = [];
    const method: Method = {
      decorators: [Post(), HttpCode(200), Webhook('github')],
      parameters: [VerifiedEvent(), Body()],
      run: (event: WebhookEvent) => void events.push(event),
    };
    const everything = { whitelist: true, transform: true, forbidNonWhitelisted: true, validateCustomDecorators: true };
    // What a compiler emits for an event annotated by an interface, and for a body annotated by a class.
    const emitted = (target: object, name: string | symbol) =>
      Reflect.defineMetadata('design:paramtypes', [Object, Push], target, name);
    const { url, reasons } = await serveHook(
      { ...method, decorators: [...method.decorators, emitted as MethodDecorator] },
      {},
      (app) => app.useGlobalPipes(new ValidationPipe(everything)),
    );
    // The control: the pipe is there, and takes the body for one with too many fields.
    expect((await fetch(url, await delivery({ ref: 'r', more: 1 }))).status).toBe(400);
    expect(reasons()).toEqual(['failed']);
    const without = { ...method, parameters: [VerifiedEvent()] };
    const { url: other } = await serveHook(without, {}, (app) => app.useGlobalPipes(new ValidationPipe(everything)));
    const sent = await delivery({ ref: 'r', more: { deep: [1] } });
    expect((await fetch(other, sent)).status).toBe(200);
    expect(events).toHaveLength(1);
    expect(events[0]?.payload).toEqual({ ref: 'r', more: { deep: [1] } });
    expect(Buffer.from(events[0]?.body ?? []).toString()).toBe(sent.body);
    expect(typeof events[0]?.identity).toBe('function');
  });

  it('runs behind global guards and before interceptors, and sends and records what interceptors make of the result', async () => {
    const order: string[] = [];
    const guard: CanActivate = {
      canActivate: (context: ExecutionContext) => {
        order.push('guard');
        return Reflect.getMetadata('public', context.getHandler()) === true;
      },
    };
    const interceptor: NestInterceptor = {
      intercept(_context: ExecutionContext, next: CallHandler) {
        order.push('interceptor');
        return next.handle().pipe(map((data: unknown) => ({ data })));
      },
    };
    const isPublic = SetMetadata('public', true);
    const configure = (app: Parameters<NonNullable<Parameters<typeof serve>[2]>>[0]) => {
      app.useGlobalGuards(guard);
      app.useGlobalInterceptors(interceptor);
    };
    const { url } = await serveHook(hook(prepare, isPublic), {}, configure);
    const sent = await delivery({ ref: 'r' });
    expect(await answerOf(fetch(url, await forged()))).toEqual([401, '{"error":"unauthorized"}']);
    expect(order).toEqual(['guard']);
    for (let round = 0; round < 2; round++)
      expect(await answerOf(fetch(url, sent))).toEqual([200, '{"data":{"prepared":"r"}}']);
    expect(order).toEqual(['guard', 'guard', 'interceptor', 'guard']);
    const { url: shut, reasons } = await serveHook(hook(prepare), {}, configure);
    expect((await fetch(shut, await delivery())).status).toBe(403);
    expect(reasons()).toEqual([]);
  });

  it('releases the event where a guard or an interceptor of the method says no', async () => {
    const no: CanActivate = { canActivate: () => false };
    const fails: NestInterceptor = {
      intercept: () => {
        throw new Error('interceptor');
      },
    };
    for (const [decorate, status] of [
      // Nest runs the guards of a method in the order of their lines, the lowest first.
      [(target, name, descriptor) => UseGuards(no)(target, name, descriptor), 403],
      [(target, name, descriptor) => UseInterceptors(fails)(target, name, descriptor), 500],
    ] as [MethodDecorator, number][]) {
      const run = vi.fn();
      const { url, reasons } = await serveHook(hook(run, decorate));
      expect((await fetch(url, await delivery())).status).toBe(status);
      expect(run).not.toHaveBeenCalled();
      expect(reasons()).toEqual(['failed']);
    }
  });

  it("answers a sender's check of the address by GET, which never comes to the method", async () => {
    const receiver = createReceiver({
      provider: meta,
      secrets: secret,
      handshakes: { verifyToken: 'chosen' },
      onOutcome: () => undefined,
      onWarning: () => undefined,
    });
    const run = vi.fn();
    const receive: Method = { decorators: [All(), Webhook('meta')], parameters: [VerifiedEvent()], run };
    const imports = [WebhooksModule.forRoot({ receivers: { meta: receiver } })];
    const { url } = await serve(platform, moduleOf({ imports, controllers: [controllerOf('hooks', { receive })] }));
    const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
    expect(await answerOf(fetch(`${url}/hooks?${query}chosen`))).toEqual([200, '1158201444']);
    expect((await fetch(`${url}/hooks?${query}guessed`)).status).toBe(401);
    expect((await fetch(`${url}/hooks`, { method: 'DELETE' })).status).toBe(405);
    expect(run).not.toHaveBeenCalled();
  });

  it('leaves other routes as they are', async () => {
    const { receiver } = receiverOf();
    const orders: Record<string, Method> = {
      order: { decorators: [Post()], parameters: [Body()], run: (body: unknown) => body },
      list: { decorators: [Get()], run: () => [] },
    };
    const controllers = [controllerOf('orders', orders), controllerOf('hooks', { receive: hook(prepare) })];
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver)], controllers }));
    const sent = { method: 'POST', body: '{"a":[1]}', headers: { 'content-type': 'application/json' } };
    expect(await answerOf(fetch(`${url}/orders`, sent))).toEqual([201, '{"a":[1]}']);
    expect(await answerOf(fetch(`${url}/orders`))).toEqual([200, '[]']);
  });
});
