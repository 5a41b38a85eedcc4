import { webhook } from '@countersign/next';
import { app } from '../../contract-app.ts';

export const POST = webhook(app.receiver, app.handle, app.options);
