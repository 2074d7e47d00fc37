import type { Instance } from '../../instance.ts';
import { describeApi } from '../openapi.ts';
import type { Handlers } from '../route.ts';
import { accessHandlers } from './access.ts';
import { alarmHandlers } from './alarms.ts';
import { connectionHandlers } from './connections.ts';
import { exportHandlers } from './exports.ts';
import { keepingHandlers } from './keeping.ts';
import { optionHandlers } from './options.ts';
import { rowHandlers } from './rows.ts';
import { runHandlers } from './runs.ts';
import { sentHandlers } from './sent.ts';
import { signalHandlers } from './signals.ts';
import { workflowHandlers } from './workflows.ts';

/** What answers each endpoint: the types say when one is missing. */
export function createHandlers(instance: Instance): Handlers {
  const document = describeApi(instance.version);
  return {
    ...accessHandlers(instance),
    ...workflowHandlers(instance),
    ...runHandlers(instance),
    ...signalHandlers(instance),
    ...rowHandlers(instance),
    ...exportHandlers(instance),
    ...sentHandlers(instance),
    ...optionHandlers(instance),
    ...connectionHandlers(instance),
    ...alarmHandlers(instance),
    ...keepingHandlers(instance),
    getOpenApi: async () => document,
  };
}
