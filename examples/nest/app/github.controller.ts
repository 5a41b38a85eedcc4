/** GitHub's deliveries. Only deliveries signed by GitHub reach the method, and each event reaches it once. */

import type { WebhookEvent } from '@countersign/core';
import { VerifiedEvent, Webhook } from '@countersign/nest';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ReleasesService } from './releases.service.ts';

@Controller('webhooks/github')
export class GithubController {
  constructor(private readonly releases: ReleasesService) {}

  @Post()
  @HttpCode(200)
  @Webhook('github')
  receive(@VerifiedEvent() event: WebhookEvent) {
    if (event.type !== 'push') return { ignored: event.type };
    return this.releases.prepare((event.payload as { ref: string }).ref);
  }
}
