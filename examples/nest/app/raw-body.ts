/** The other way: Nest keeps the raw body of every request, and a controller verifies by itself. */

import 'reflect-metadata';
import type { ServerResponse } from 'node:http';
import { createReceiver, memoryStore } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { github } from '@countersign/providers/github';
import { Controller, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request } from 'express';
import { OrdersController } from './orders.controller.ts';
import { ReleasesService } from './releases.service.ts';

const receiver = createReceiver({
  provider: github,
  secrets: process.env.GITHUB_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});

@Controller('webhooks/github')
class RawGithubController {
  readonly #serve;

  constructor(releases: ReleasesService) {
    this.#serve = nodeHandler(receiver, (event) => {
      if (event.type === 'push') return { body: releases.prepare((event.payload as { ref: string }).ref) };
    });
  }

  @Post()
  receive(@Req() request: Request, @Res() response: ServerResponse) {
    return this.#serve(request, response);
  }
}

@Module({ controllers: [RawGithubController, OrdersController], providers: [ReleasesService] })
class RawBodyModule {}

const app = await NestFactory.create(RawBodyModule, { rawBody: true });
await app.listen(process.env.PORT ?? 3000);
