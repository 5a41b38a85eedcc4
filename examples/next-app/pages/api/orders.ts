/** An ordinary API route: its body is parsed, as usual. */

import type { NextApiRequest, NextApiResponse } from 'next';

export default function handler(request: NextApiRequest, response: NextApiResponse) {
  response.json({ ordered: request.body.item });
}
