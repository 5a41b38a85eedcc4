import { webhook } from '@countersign/next/pages';
import type { NextApiRequest, NextApiResponse } from 'next';
import { app } from '../../contract-app.ts';

export const config = { api: { bodyParser: false } };

const finished = webhook(app.receiver, app.handle, app.options);

export default async function handler(request: NextApiRequest, response: NextApiResponse): Promise<void> {
  await new Promise((resolve) => request.resume().once('end', resolve));
  await finished(request, response);
}
