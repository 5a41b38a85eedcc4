/** Runs the bundled tests on workerd, a file per request: `/?at=N`. Beyond the last file it answers 404. */
import { files } from 'portable-tests';

const strays = [];
for (const name of ['error', 'unhandledrejection']) {
  globalThis.addEventListener(name, (event) => {
    event.preventDefault();
    strays.push(event.reason ?? event.error);
  });
}

export default {
  async fetch(request) {
    const entry = files[Number(new URL(request.url).searchParams.get('at'))];
    if (entry === undefined) return new Response(navigator.userAgent, { status: 404 });
    const [file, load] = entry;
    // Outside of a request there are no timers, which the runner sets when it is loaded.
    const { runFile } = await import('./run-file.mjs');
    return Response.json(await runFile({ file, load, runtime: 'workerd', strays }));
  },
};
