/** What the app does with a push; it knows nothing of webhooks. */

import { Injectable } from '@nestjs/common';

@Injectable()
export class ReleasesService {
  prepare(reference: string): { prepared: string } {
    console.log(`prepared ${reference}`);
    return { prepared: reference };
  }
}
