import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Api, EndpointName, Reply } from '../../contract/api.ts';
import type { Actor } from '../access/actor.ts';
import type { Log } from '../log.ts';

type Parsed<N extends EndpointName, Part extends 'query' | 'body'> =
  Api[N] extends Record<Part, infer Schema> ? (Schema extends z.ZodType ? z.output<Schema> : undefined) : undefined;

/** One request to one endpoint, after sign-in, role and validation. */
export interface Call<N extends EndpointName> {
  /** Who calls; null only at public endpoints. */
  actor: Api[N]['role'] extends 'public' ? Actor | null : Actor;
  /** The id of the caller's session; null for a token. */
  session: string | null;
  query: Parsed<N, 'query'>;
  body: Parsed<N, 'body'>;
  /** A parameter of the path, decoded. */
  param(name: string): string;
  /** Carries the request's id. */
  log: Log;
  request: Request;
  response: Response;
}

type Kind<N extends EndpointName> = Api[N] extends { kind: 'events' | 'file' } ? 'stream' : 'json';
/** Gives the reply; a stream writes it itself and resolves when it has ended. */
export type Handler<N extends EndpointName> = (call: Call<N>) => Promise<Kind<N> extends 'stream' ? void : Reply<N>>;

export type Handlers = { [N in EndpointName]: Handler<N> };
/** The handlers of one part of the interface; the parts together must cover the contract. */
export type HandlersOf<Names extends EndpointName> = Pick<Handlers, Names>;
