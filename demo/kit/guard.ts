import type { RequestHandler } from 'express';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOCAL_NAMES = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** The control endpoints answer this machine only, and no page that a browser was led to by another name. */
export const loopbackOnly: RequestHandler = (request, response, next) => {
  const isLocal = LOOPBACK.test(request.socket.remoteAddress ?? '') && LOCAL_NAMES.test(request.headers.host ?? '');
  if (isLocal && request.headers.origin === undefined) next();
  else response.status(403).json({ error: 'The control endpoints answer only programs on this machine.' });
};
