import { webhook } from '@countersign/next';
import { app } from '../../contract-app.ts';

export const POST = webhook(
  app.receiver,
  app.options,
)(async (_request, event) => {
  const { status, headers, body } = await app.answer(event);
  return new Response(body as BodyInit, { status, headers });
});
