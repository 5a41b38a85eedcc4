import { verifiedEvent, webhookMiddleware } from '@countersign/next';
import { app } from '../../contract-app.ts';

export const POST = webhookMiddleware(
  app.receiver,
  app.options,
)(async (request) => {
  const { status, headers, body } = await app.answer(verifiedEvent(app.receiver, request));
  return new Response(body as BodyInit, { status, headers });
});
