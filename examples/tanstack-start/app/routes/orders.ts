import { createFileRoute } from '@tanstack/react-router';

/** An ordinary server route. */
export const Route = createFileRoute('/orders')({
  server: {
    handlers: {
      POST: async ({ request }) => Response.json({ ordered: ((await request.json()) as { item: string }).item }),
    },
  },
});
