import { defineEventHandler, readBody } from 'h3';

/** An ordinary route. */
export default defineEventHandler(async (event) => ({ ordered: (await readBody(event)).item }));
