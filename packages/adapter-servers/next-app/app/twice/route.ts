import { webhook } from '@countersign/next';
import { app } from '../../contract-app.ts';

const finished = webhook(app.receiver, app.handle, app.options);

export const POST = webhook(app.receiver, app.options)((request) => finished(request));
