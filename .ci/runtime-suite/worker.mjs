/** Runs the bundled tests on workerd, a file per request: `/?at=N`. Beyond the last file it answers 404. */
import { files } from 'portable-tests';
import { noteStray, runFile } from './run-file.mjs';

globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  noteStray(event.reason);
});
globalThis.addEventListener('error', (event) => {
  event.preventDefault();
  noteStray(event.error);
});

export default {
  async fetch(request) {
    const entry = files[Number(new URL(request.url).searchParams.get('at'))];
    if (entry === undefined) return new Response(navigator.userAgent, { status: 404 });
    const [file, load] = entry;
    return Response.json(await runFile({ file, load, runtime: 'workerd' }));
  },
};
