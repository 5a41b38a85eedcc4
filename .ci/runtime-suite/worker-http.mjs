/** node:http for the tests on workerd, whose servers have no port: requests come in at the worker's own. */
import { EventEmitter } from 'node:events';

export * from 'node:http';

let port;
let listening;

/** The servers listen where this request came in. */
export function listenBeside(request) {
  port = Number(new URL(request.url).port);
}

export function createServer(listener) {
  return Object.assign(new EventEmitter(), {
    listen(_port, _host, onListening) {
      listening = { listener, server: this };
      onListening();
    },
    address: () => ({ port }),
    close() {
      listening = undefined;
    },
    closeAllConnections() {},
  });
}

/** Hands a request to the server that listens. */
export function answer({ url, method }) {
  const { pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const head = { status: 200, headers: {} };
    // Keeps a request alive that the listener leaves without an answer.
    const alive = setTimeout(() => resolve(new Response(null, { status: 504 })), 30_000);
    const response = {
      writeHead(status, headers = {}) {
        Object.assign(head, { status, headers });
        return response;
      },
      end(body = '') {
        clearTimeout(alive);
        resolve(new Response(body, head));
      },
    };
    listening.server.emit('connection');
    listening.listener({ url: pathname + search, method }, response);
  });
}
