/** Event names of GitLab, the same as with a secret token. The signed id is always there. */

import type { EventNames } from './event-names.ts';
import { gitlab } from './gitlab.ts';

export const gitlabSigningToken = { ...gitlab, always: ['id'] } as const satisfies EventNames;
