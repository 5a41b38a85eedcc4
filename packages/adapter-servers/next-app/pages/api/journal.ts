import type { NextApiRequest, NextApiResponse } from 'next';
import { app } from '../../contract-app.ts';

export default function handler(_request: NextApiRequest, response: NextApiResponse): void {
  response.end(app.journal());
}
