import { app } from '../../contract-app.ts';

export const dynamic = 'force-dynamic';

export const GET = () => new Response(app.journal());
