/** fuel-rest and fuel-soap as their makers publish them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Cloud } from '../harness/cloud.ts';
import { installClients } from './install.ts';

const packages = ['fuel-rest@3.2.2', 'fuel-soap@2.2.4'];

interface Options {
  auth: {
    clientId: string;
    clientSecret: string;
    authUrl: string;
    authOptions: { authVersion: 2; accountId?: number };
  };
}

interface RestRequest {
  uri: string;
  body?: string;
}

export interface RestAnswer {
  res: { statusCode: number; headers: Record<string, string> };
  body: unknown;
}

export interface FuelRest {
  get(request: RestRequest): Promise<RestAnswer>;
  post(request: RestRequest): Promise<RestAnswer>;
  put(request: RestRequest): Promise<RestAnswer>;
  delete(request: RestRequest): Promise<RestAnswer>;
}

export interface SoapAnswer {
  OverallStatus: string;
  RequestID: string;
  Results: Record<string, unknown>[];
}

type Callback = (error: Error | null, answer: { body: SoapAnswer } | null) => void;

/** Only what is called of it. */
export interface FuelSoap {
  retrieve(type: string, properties: string[], options: object, callback: Callback): void;
  create(type: string, object: object, options: object, callback: Callback): void;
  update(type: string, object: object, options: object, callback: Callback): void;
  delete(type: string, object: object, options: object, callback: Callback): void;
  perform(type: string, definition: object, callback: Callback): void;
}

export interface Fuel {
  rest: FuelRest;
  soap: FuelSoap;
}

/** Signs in as the demo organisation's package; at another account of it when one is named. */
export async function loadFuel(
  cloud: Cloud,
  say: (text: string) => void,
): Promise<Fuel & { at(accountId: number): Fuel }> {
  const folder = await installClients('fuel-rest-3.2.2-soap-2.2.4', packages, say);
  const load = createRequire(join(folder, 'package.json'));
  const [Rest, Soap] = [load('fuel-rest'), load('fuel-soap')] as [
    new (options: Options) => FuelRest,
    new (options: Options) => FuelSoap,
  ];
  const open = (accountId?: number): Fuel => {
    const { clientId, clientSecret, url } = cloud;
    const authOptions = { authVersion: 2 as const, ...(accountId !== undefined && { accountId }) };
    const auth = { clientId, clientSecret, authUrl: `${url}/v2/token`, authOptions };
    return { rest: new Rest({ auth }), soap: new Soap({ auth }) };
  };
  return { ...open(), at: open };
}

/** A call of fuel-soap as a promise. */
export function ask(call: (callback: Callback) => void): Promise<SoapAnswer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (answer === null ? reject(error) : resolve(answer.body)));
  });
}
