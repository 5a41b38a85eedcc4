import { webhook, webhookMiddleware } from '@countersign/next';
import { app } from '../../contract-app.ts';

const finished = webhook(app.receiver, app.handle, app.options);

export const POST = webhookMiddleware(app.receiver, app.options)((request) => finished(request));
