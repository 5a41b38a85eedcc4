/** Handles a push. It knows nothing about webhooks. */

import { Injectable } from '@nestjs/common';

@Injectable()
export class ReleasesService {
  prepare(reference: string): { prepared: string } {
    console.log(`prepared ${reference}`);
    return { prepared: reference };
  }
}
