import { webhook } from '@countersign/next/pages';
import { app } from '../../contract-app.ts';

// Without `config`, Next.js parses the body before the route sees it.
export default webhook(app.receiver, app.handle, app.options);
