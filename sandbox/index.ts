export { Sandbox } from './sandbox.ts';
export type {
  Batch,
  EvaluateRequest,
  RecordProgram,
  RecordResult,
  RecordSession,
  RecordsRequest,
  RenderRequest,
  SandboxContext,
  SandboxEffects,
  SandboxFailure,
  SandboxLimits,
  SandboxLog,
  SandboxReason,
  SandboxResult,
  SandboxValue,
  ScriptRequest,
} from './types.ts';
