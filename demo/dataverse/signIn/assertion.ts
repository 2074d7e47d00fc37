import { constants, verify } from 'node:crypto';
import type { Call } from '../call.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST = 24 * 3600;

interface Wrong {
  code: number;
  message: string;
}

/** Why an assertion does not prove who the app is; null when it does. */
export function proves(call: Call, type: string, assertion: string): Wrong | null {
  const { app, clock } = call.org;
  const wrong = (code: number, message: string): Wrong => ({ code, message });
  if (type !== TYPE) return wrong(50027, `JWT token is invalid or malformed. client_assertion_type must be ${TYPE}.`);
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const [header, claims] = [parse(head), parse(body)];
  if (header === null || claims === null) return wrong(50027, 'JWT token is invalid or malformed.');
  if (typeof header.x5t !== 'string' && typeof header['x5t#S256'] !== 'string' && typeof header.kid !== 'string')
    return wrong(700023, 'Client assertion does not name the certificate that signed it.');
  if (app.publicKey === null)
    return wrong(
      700027,
      'The certificate with identifier used to sign the client assertion is not registered on application.',
    );
  const padding = header.alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  const isSigned =
    (header.alg === 'RS256' || header.alg === 'PS256') &&
    verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      { key: app.publicKey, ...padding },
      Buffer.from(signature, 'base64url'),
    );
  if (!isSigned) return wrong(700027, 'Client assertion failed signature validation.');
  if (claims.iss !== app.clientId || claims.sub !== app.clientId)
    return wrong(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
  if (claims.aud !== call.base + call.path)
    return wrong(700023, `Client assertion audience claim does not match Realm issuer.`);
  const now = clock.seconds();
  const [begin, end] = [Number(claims.nbf ?? claims.iat ?? 0), Number(claims.exp)];
  if (!(end > now) || begin > now + 300 || end > now + LONGEST)
    return wrong(700024, 'Client assertion is not within its valid time range.');
  if (typeof claims.jti !== 'string' || !app.takeAssertion(claims.jti))
    return wrong(50027, 'JWT token is invalid or malformed: jti is missing or was used before.');
  return null;
}

function parse(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
