import type { APIRoute } from 'astro';

/** An ordinary route: JSON from programs, forms from the site's own pages. */
export const POST: APIRoute = async ({ request }) => {
  const isJson = request.headers.get('content-type')?.includes('json') === true;
  const item = isJson ? (await request.json()).item : (await request.formData()).get('item');
  return Response.json({ ordered: item });
};
