/** GitHub's deliveries, which `webhook(receiver)` in main.ts has verified before they come here. */

import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { ReleasesService } from './releases.service.ts';

@Controller('webhooks/github')
export class GithubController {
  constructor(private readonly releases: ReleasesService) {}

  @Post()
  @HttpCode(200)
  receive(@Req() { webhook: event }: Request) {
    if (event?.type !== 'push') return { ignored: event?.type };
    return this.releases.prepare((event.payload as { ref: string }).ref);
  }
}
