/** The check of the Origin that vite.config.ts has switched off, for every route but the webhooks. */

import type { Handle } from '@sveltejs/kit/hooks';

const posts = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** The types that a page of another site can post without asking, as SvelteKit's own check has them. */
const formTypes = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain|$)/i;

export const handle: Handle = ({ event, resolve }) => {
  const { request, route, url } = event;
  const isForm = posts.has(request.method) && formTypes.test(request.headers.get('content-type') ?? '');
  const isForeign = request.headers.get('origin') !== url.origin;
  if (isForm && isForeign && !route.id?.startsWith('/webhooks/'))
    return new Response('Cross-site form submissions are forbidden', { status: 403 });
  return resolve(event);
};
