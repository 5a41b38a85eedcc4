import { nodeMiddleware } from '@countersign/http/node';
import { webhook } from '@countersign/next/pages';
import type { NextApiRequest, NextApiResponse } from 'next';
import { app } from '../../contract-app.ts';

export const config = { api: { bodyParser: false } };

const finished = webhook(app.receiver, app.handle, app.options);
const verified = nodeMiddleware(app.receiver, app.options);

export default function handler(request: NextApiRequest, response: NextApiResponse): void {
  verified(request, response, () => void finished(request, response));
}
