/**
 * Starts a Nest app with a controller that only gets verified deliveries. `PLATFORM=fastify` runs the same app on
 * Fastify.
 */

import 'reflect-metadata';
import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';

// Makes Nest keep the signed bytes in addition to the parsed body.
const options = { rawBody: true };
const app =
  process.env.PLATFORM === 'fastify'
    ? await NestFactory.create(AppModule, new FastifyAdapter(), options)
    : await NestFactory.create(AppModule, options);
// The controller is at /api/v1/webhooks/github, and so is its verification.
app.setGlobalPrefix('api');
app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
await app.listen(process.env.PORT ?? 3000);
