import type { ActionFunctionArgs } from 'react-router';

/** An ordinary action. */
export async function action({ request }: ActionFunctionArgs) {
  return Response.json({ ordered: (await request.json()).item });
}
