import { webhook } from '@countersign/next';
import { app } from '../../contract-app.ts';

const finished = webhook(app.receiver, app.handle, app.options);

export async function POST(request: Request): Promise<Response> {
  await request.json();
  return finished(request);
}
