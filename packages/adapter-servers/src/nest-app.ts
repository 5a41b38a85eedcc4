import 'reflect-metadata';
import type { WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook, WebhooksModule } from '@countersign/nest';
import { type AdapterApp, contractMaxBodyBytes, contractPaths } from '@countersign/testing/adapter-app';
import {
  All,
  Body,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  type NestApplicationOptions,
  Post,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

/** The methods that are called on the responses of both platforms. */
interface PlatformResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

const keptBytes: NestApplicationOptions = { rawBody: true, logger: false };

/** The app under contract on Nest over Express, which keeps the bytes that it parses. */
export async function nestApp(app: AdapterApp): Promise<INestApplication> {
  const nest = await NestFactory.create<NestExpressApplication>(moduleOf(app), keptBytes);
  // 100 kB otherwise.
  nest.useBodyParser('json', { limit: contractMaxBodyBytes });
  return listening(nest);
}

/** The same with Nest's parsers off, so that the guard reads each body itself. */
export async function nestAppWithoutParsers(app: AdapterApp): Promise<INestApplication> {
  return listening(await NestFactory.create(moduleOf(app), { bodyParser: false, logger: false }));
}

/** The same on Nest over Fastify. */
export async function nestFastifyApp(app: AdapterApp): Promise<INestApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: contractMaxBodyBytes, forceCloseConnections: true });
  return listening(await NestFactory.create<NestFastifyApplication>(moduleOf(app), adapter, keptBytes));
}

async function listening(nest: INestApplication): Promise<INestApplication> {
  await nest.listen(0, '127.0.0.1');
  return nest;
}

function moduleOf(app: AdapterApp) {
  class Hooks {
    async middleware(event: WebhookEvent, response: PlatformResponse) {
      const { status, headers, body } = await app.answer(event);
      response.status(status);
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      return typeof body === 'string' ? body : new StreamableFile(body, { type: headers['content-type'] ?? '' });
    }
    journal() {
      return app.journal();
    }
    ordinary(body: unknown) {
      return body;
    }
  }
  // Decorators as calls: Node strips types from a file but not decorators.
  const decorate = (name: keyof Hooks, ...decorators: ((...given: never[]) => unknown)[]) => {
    const descriptor = Object.getOwnPropertyDescriptor(Hooks.prototype, name);
    for (const decorator of decorators)
      (decorator as (...given: unknown[]) => unknown)(Hooks.prototype, name, descriptor);
  };
  const at = (index: number, decorator: ParameterDecorator) => (target: object, name: string) =>
    decorator(target, name, index);
  decorate(
    'middleware',
    All(contractPaths.middleware) as never,
    HttpCode(200) as never,
    Webhook('contract') as never,
    at(0, VerifiedEvent()) as never,
    at(1, Res({ passthrough: true })) as never,
  );
  decorate('journal', Get(contractPaths.journal) as never);
  decorate('ordinary', Post(contractPaths.ordinary) as never, HttpCode(200) as never, at(0, Body()) as never);
  Controller()(Hooks);
  class App {}
  const { receiver, options } = app;
  Module({
    imports: [WebhooksModule.forRoot({ receivers: { contract: receiver }, ...options })],
    controllers: [Hooks],
  })(App);
  return App;
}
