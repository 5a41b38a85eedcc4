/** node:http for the tests on workerd, whose servers have no port: requests arrive at the worker's own. */
import { EventEmitter } from 'node:events';

export * from 'node:http';

let port;
let listening;

/** The servers listen at the origin of this request. */
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

/** Passes a request to the server that listens. */
export function answer({ url, method }) {
  const { pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const head = { status: 200, headers: {} };
    // Keeps a request alive if the listener does not respond.
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
