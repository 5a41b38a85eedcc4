/** Event names of GitLab, the same as with a secret token. The signed id is always there. */

import { gitlab } from './gitlab.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const gitlabSigningToken = { ...gitlab, always: ['id'] } as const satisfies SenderEvents;

/** The events of GitLab (signing token), with unknown payloads. */
export interface GitLabSigningTokenEvents extends NamedEvents<typeof gitlabSigningToken> {}
