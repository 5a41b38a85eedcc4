/** Mistakes that must show when the app starts, and the ways to hand receivers to the module. */

import { createReceiver, memoryStore, type WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook, WebhooksModule } from '@countersign/nest';
import { github } from '@countersign/providers/github';
import { type ArgumentsHost, Catch, type DynamicModule, HttpCode, Post, type Type } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  answerOf,
  closeAll,
  controllerOf,
  delivery,
  later,
  type Method,
  moduleOf,
  otherSecret,
  platforms,
  receiverOf,
  secret,
  serve,
  withReceiver,
} from './nest-app.ts';

afterEach(closeAll);

const hook = (name = 'github'): Method => ({
  decorators: [Post(), HttpCode(200), Webhook(name)],
  parameters: [VerifiedEvent()],
  run: (event: WebhookEvent) => event.type,
});
const app = (...imports: (DynamicModule | Type)[]) =>
  moduleOf({ imports, controllers: [controllerOf('hooks', { receive: hook() })] });

it('is run on the version of Nest that its project is named after', async () => {
  const refused = await serve('Express', app()).catch((error: Error) => error);
  expect((refused as Error).stack).toContain(`@nestjs+core@${process.env.COUNTERSIGN_NEST ?? '12'}.`);
});

describe.each(platforms)('WebhooksModule on %s', (platform) => {
  const refuses = (module: Type) =>
    serve(platform, module).then(
      () => 'it started',
      (error: Error) => error.message,
    );

  it('refuses to start with a name that no receiver has, and lists those there are', async () => {
    const { receiver } = receiverOf();
    const controllers = [controllerOf('hooks', { receive: hook('gihub') })];
    expect(await refuses(moduleOf({ imports: [withReceiver(receiver)], controllers }))).toMatch(
      /options_invalid: .* At @Webhook\('gihub'\)\. WebhooksModule has receivers for: github\./,
    );
    const inherited = [controllerOf('hooks', { receive: hook('constructor') })];
    expect(await refuses(moduleOf({ imports: [withReceiver(receiver)], controllers: inherited }))).toContain(
      "At @Webhook('constructor')",
    );
  });

  it('refuses to start where the module is missing, and names it', async () => {
    expect(await refuses(app())).toMatch(/can't resolve dependencies of the WebhookGuard .*WebhooksModule\.forRoot/);
  });

  it('refuses to start without receivers, with what is no receiver, and with an option that does not exist', async () => {
    const given = (options: object) => refuses(app(WebhooksModule.forRoot(options as never)));
    expect(await given({})).toContain('At receivers. Expected at least one receiver by name');
    expect(await given({ receivers: {} })).toContain('At receivers.');
    expect(await given({ receivers: { github } })).toContain('At receivers.github. Expected what createReceiver');
    expect(await given({ receivers: { github: undefined } })).toContain('At receivers.github.');
    expect(await given({ receivers: { github: receiverOf().receiver }, limit: 1 })).toContain('At limit.');
  });

  it('takes receivers from a factory, with secrets from ConfigService', async () => {
    const fromConfig = (secrets?: string) =>
      WebhooksModule.forRootAsync({
        imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ GITHUB_WEBHOOK_SECRET: secrets })] })],
        inject: [ConfigService],
        useFactory: async (config: ConfigService) => ({
          receivers: {
            github: createReceiver({
              provider: github,
              secrets: config.get<string>('GITHUB_WEBHOOK_SECRET'),
              dedupe: memoryStore(),
              onOutcome: () => undefined,
              onWarning: () => undefined,
            }),
          },
        }),
      });
    const { url } = await serve(platform, app(fromConfig(secret)));
    expect(await answerOf(fetch(`${url}/hooks`, await delivery()))).toEqual([200, 'push']);
    expect((await fetch(`${url}/hooks`, await delivery({}, otherSecret))).status).toBe(401);
    expect(await refuses(app(fromConfig(undefined)))).toMatch(
      /secret_invalid.*github needs the signing secret, but it is not set/,
    );
  });

  it('is global, so the modules with controllers need not import it, unless isGlobal is false', async () => {
    const { receiver } = receiverOf();
    const feature = moduleOf({ controllers: [controllerOf('hooks', { receive: hook() })] });
    const { url } = await serve(platform, moduleOf({ imports: [withReceiver(receiver), feature] }));
    expect((await fetch(`${url}/hooks`, await delivery())).status).toBe(200);
    const own = WebhooksModule.forRoot({ receivers: { github: receiver }, isGlobal: false });
    expect(await refuses(moduleOf({ imports: [own, feature] }))).toContain("can't resolve dependencies");
    const importing = moduleOf({ imports: [own], controllers: [controllerOf('own', { receive: hook() })] });
    const served = await serve(platform, moduleOf({ imports: [importing] }));
    expect((await fetch(`${served.url}/own`, await delivery())).status).toBe(200);
  });

  it('keeps two modules apart whose receivers have one name and different secrets', async () => {
    const moduleWith = (secrets: string, path: string) => {
      const receiver = createReceiver({
        provider: github,
        secrets,
        onOutcome: () => undefined,
        onWarning: () => undefined,
      });
      const imports = [WebhooksModule.forRoot({ receivers: { github: receiver }, isGlobal: false })];
      return moduleOf({ imports, controllers: [controllerOf(path, { receive: hook() })] });
    };
    const imports = [moduleWith(secret, 'one'), moduleWith(otherSecret, 'two')];
    const { url } = await serve(platform, moduleOf({ imports }));
    const status = async (path: string, signedWith: string) =>
      (await fetch(`${url}/${path}`, await delivery({}, signedWith))).status;
    expect([await status('one', secret), await status('one', otherSecret)]).toEqual([200, 401]);
    expect([await status('two', secret), await status('two', otherSecret)]).toEqual([401, 200]);
  });

  it('has answered a refusal for good, so no filter of the app gets to answer it again', async () => {
    const caught: unknown[] = [];
    class Swallow {
      catch(exception: unknown, host: ArgumentsHost) {
        caught.push(exception);
        const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: string): void } }>();
        response.status(200).send('swallowed');
      }
    }
    Catch()(Swallow);
    const run = vi.fn();
    const { receiver, reasons } = receiverOf();
    const receive: Method = { decorators: [Post(), Webhook('github')], parameters: [VerifiedEvent()], run };
    const module = moduleOf({ imports: [withReceiver(receiver)], controllers: [controllerOf('hooks', { receive })] });
    const { url } = await serve(platform, module, (nest) => nest.useGlobalFilters(new Swallow()));
    expect((await fetch(`${url}/hooks`, { method: 'POST' })).status).toBe(401);
    await later(60);
    expect(caught).toEqual([]);
    expect(run).not.toHaveBeenCalled();
    expect(reasons()).toEqual(['header_missing']);
  });
});

describe('@Webhook()', () => {
  it('refuses what is no HTTP route', async () => {
    const { receiver } = receiverOf();
    const receive: Method = { decorators: [Webhook('github')], run: () => undefined };
    const controller = controllerOf('hooks', { receive });
    const context = await NestFactory.createApplicationContext(
      moduleOf({ imports: [withReceiver(receiver)], controllers: [controller] }),
      { logger: false },
    );
    const [Guard] = Reflect.getMetadata('__guards__', controller.prototype.receive) as [
      Type<{ canActivate(of: object): unknown }>,
    ];
    const routes = context.get(Symbol.for('WebhooksModule.forRoot({ receivers })'), { strict: false });
    const guard = new Guard(routes);
    expect(() => guard.canActivate({ getType: () => 'rpc' })).toThrow(
      'At @Webhook(). Expected an HTTP route. This is a handler for rpc',
    );
    await context.close();
  });
});
