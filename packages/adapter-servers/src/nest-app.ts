import 'reflect-metadata';
import { webhook } from '@countersign/express';
import { nodeHandler } from '@countersign/http/node';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';
import { All, Body, Controller, Get, HttpCode, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, RequestHandler, Response } from 'express';

/** The app under contract on NestJS: the webhook before Nest's own body parser, the controllers as ever. */
export async function nestApp(app: AdapterApp): Promise<NestExpressApplication> {
  const { receiver, handle, options } = app;
  const finished = webhook(receiver, handle, options) as RequestHandler;
  const verified = webhook(receiver, options) as RequestHandler;
  const serve = nodeHandler(receiver, handle, options);

  class Hooks {
    async middleware(request: Request, response: Response) {
      if (request.webhook === undefined) throw new Error('no event');
      const { status, headers, body } = await app.answer(request.webhook);
      response.status(status).set(headers).end(body);
    }
    parsed(request: Request, response: Response) {
      return serve(request, response);
    }
    journal() {
      return app.journal();
    }
    ordinary(body: unknown) {
      return body;
    }
  }
  // Decorators as calls: Node takes types out of a file and leaves decorators in.
  const decorate = (name: keyof Hooks, ...decorators: ((...given: never[]) => unknown)[]) => {
    const descriptor = Object.getOwnPropertyDescriptor(Hooks.prototype, name);
    for (const decorator of decorators)
      (decorator as (...given: unknown[]) => unknown)(Hooks.prototype, name, descriptor);
  };
  const at = (index: number, decorator: ParameterDecorator) => (target: object, name: string) =>
    decorator(target, name, index);
  decorate('middleware', All(contractPaths.middleware) as never, at(0, Req()) as never, at(1, Res()) as never);
  decorate('parsed', All(contractPaths.parsed) as never, at(0, Req()) as never, at(1, Res()) as never);
  decorate('journal', Get(contractPaths.journal) as never);
  decorate('ordinary', Post(contractPaths.ordinary) as never, HttpCode(200) as never, at(0, Body()) as never);
  Controller()(Hooks);
  class App {}
  Module({ controllers: [Hooks] })(App);

  const nest = await NestFactory.create<NestExpressApplication>(App, { logger: false });
  nest.use(contractPaths.handler, finished);
  nest.use(contractPaths.middleware, verified);
  nest.use(contractPaths.twice, verified, finished);
  const drain: RequestHandler = (request, _response, next) => void request.resume().once('end', () => next());
  nest.use(contractPaths.drained, drain, finished);
  await nest.listen(0, '127.0.0.1');
  return nest;
}
