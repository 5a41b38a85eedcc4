import type { RequestHandler } from '@sveltejs/kit';

/** An ordinary route: JSON from programs, forms from the app's own pages. */
export const POST: RequestHandler = async ({ request }) => {
  const isJson = request.headers.get('content-type')?.includes('json') === true;
  const item = isJson ? (await request.json()).item : (await request.formData()).get('item');
  return Response.json({ ordered: item });
};
