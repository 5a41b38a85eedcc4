/** The check of the Origin that astro.config.ts has switched off, for every route but the webhooks. */

import type { MiddlewareHandler } from 'astro';

const posts = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** The types that a page of another site can post without asking, as Astro's own check has them. */
const formTypes = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain|$)/i;

export const onRequest: MiddlewareHandler = ({ request, routePattern, url }, next) => {
  const isForm = posts.has(request.method) && formTypes.test(request.headers.get('content-type') ?? '');
  const isForeign = request.headers.get('origin') !== url.origin;
  if (isForm && isForeign && !routePattern.startsWith('/webhooks/'))
    return new Response('Cross-site form submissions are forbidden', { status: 403 });
  return next();
};
