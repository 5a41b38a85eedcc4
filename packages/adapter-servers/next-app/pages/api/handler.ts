import { webhook } from '@countersign/next/pages';
import { app } from '../../contract-app.ts';

export const config = { api: { bodyParser: false } };

export default webhook(app.receiver, app.handle, app.options);
