/** Starts a Nest app in which GitHub's deliveries are verified before a controller sees them. */

import 'reflect-metadata';
import { createReceiver, memoryStore } from '@countersign/core';
import { webhook } from '@countersign/express';
import { github } from '@countersign/providers/github';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.ts';

const receiver = createReceiver({
  provider: github,
  secrets: process.env.GITHUB_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});

const app = await NestFactory.create(AppModule);
// Before app.listen(), with which Nest's body parsers come.
app.use('/webhooks/github', webhook(receiver));
await app.listen(process.env.PORT ?? 3000);
