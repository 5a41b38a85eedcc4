/**
 * Runs the bundled tests on workerd, one file per request: `/run?at=N`. After the last file it responds 404. Every other request is for the
 * server that a test has started.
 */
import { files } from 'portable-tests';
import { answer, listenBeside } from './worker-http.mjs';

const strays = [];
for (const name of ['error', 'unhandledrejection']) {
  globalThis.addEventListener(name, (event) => {
    event.preventDefault();
    strays.push(event.reason ?? event.error);
  });
}
// workerd only logs errors thrown by timers.
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
  const original = globalThis[name];
  globalThis[name] = (callback, ...rest) => original(catching(callback), ...rest);
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/run') return answer(request);
    const entry = files[Number(searchParams.get('at'))];
    if (entry === undefined) return new Response(navigator.userAgent, { status: 404 });
    listenBeside(request);
    const [file, load] = entry;
    // Outside a request there are no timers, and the runner sets timers when it is loaded.
    const { runFile } = await import('./run-file.mjs');
    return Response.json(await runFile({ file, load, runtime: 'workerd', strays }));
  },
};

function catching(callback) {
  return (...values) => {
    try {
      callback(...values);
    } catch (error) {
      strays.push(error);
    }
  };
}
