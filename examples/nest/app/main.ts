/** Starts a Nest app in which a controller gets verified deliveries alone. `PLATFORM=fastify` runs the same app on Fastify. */

import 'reflect-metadata';
import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';

// Nest keeps the bytes that were signed beside the body that it parses.
const options = { rawBody: true };
const app =
  process.env.PLATFORM === 'fastify'
    ? await NestFactory.create(AppModule, new FastifyAdapter(), options)
    : await NestFactory.create(AppModule, options);
// The controller is at /api/v1/webhooks/github, and so is its verification.
app.setGlobalPrefix('api');
app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
await app.listen(process.env.PORT ?? 3000);
