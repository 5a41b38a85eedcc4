/** Atlassian Connect: a JWT that binds method, path and query, but not the body. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { AtlassianConnectEvents } from './events/atlassian-connect.ts';

export type { AtlassianConnectEvents } from './events/atlassian-connect.ts';

/**
 * Atlassian Connect sends a JWT in `Authorization: JWT ...`, signed with the shared secret of the installation. It
 * binds method, path and query with `qsh`, but not the body: `event.signed.body` is false.
 *
 * `iss` names the installation: look up its secret with a function. If the app is mounted under a base path, set the
 * scheme again with `queryStringHash.basePath`. The callbacks of install and uninstall are signed with RS256 and
 * another key; this preset refuses them.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/query-string-hash (read 2026-11-20)
 */
export const atlassianConnect = definePreset<AtlassianConnectEvents>({
  name: 'atlassian-connect',
  title: 'Atlassian Connect',
  scheme: jwt({
    token: { header: 'authorization', scheme: 'JWT' },
    algorithms: ['HS256'],
    claims: { required: ['iss', 'iat', 'qsh'] },
    binds: { queryStringHash: { claim: 'qsh' } },
  }),
  eventType: { json: 'webhookEvent' },
  secretHelp: 'The sharedSecret of the installation, from the installed callback.',
  source: {
    title: 'Atlassian documentation, Query string hash',
    url: 'https://developer.atlassian.com/cloud/bitbucket/query-string-hash',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The algorithm.'],
  assumptions: [
    {
      what: 'tokens are signed with HS256',
      because: 'The algorithm was not confirmed on the page. Look at one of your deliveries.',
    },
  ],
  unsaid: ['An id of the event.'],
});
