/** GitHub: the preset with the payloads of the package @octokit/webhooks-types. */

import type { Provider } from '@countersign/core';
import type { EventPayloadMap } from '@octokit/webhooks-types';
import type { GitHubEvents as NamedGitHubEvents } from '../events/github.ts';
import { github as preset } from '../github.ts';
import type { TypedEvents } from './typed-events.ts';

/**
 * The events of GitHub. Payloads: the map `EventPayloadMap` of @octokit/webhooks-types 7.6.1.
 *
 * An event whose action matters is a union over `payload.action`. Events that the package does not have keep an unknown
 * payload.
 */
export interface GitHubEvents extends TypedEvents<NamedGitHubEvents, EventPayloadMap> {}

/**
 * The preset of GitHub with the payloads of the package @octokit/webhooks-types; at run time the same object as in
 * `@countersign/providers/github`.
 *
 * Install the package for its types: `npm install --save-dev @octokit/webhooks-types`. None of its code is loaded.
 *
 * @example
 * import { github } from '@countersign/providers/github/typed';
 *
 * const read = (event: EventOf<typeof github>) =>
 *   event.type === 'push' ? event.payload.head_commit?.id : undefined;
 */
export const github = preset as Provider<GitHubEvents, 'secrets'>;
