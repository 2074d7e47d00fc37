import { Select, Textarea, TextInput } from '@mantine/core';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { CodeField } from '../../../nodes/kit/panel/CodeField.tsx';
import type { NodePatch } from '../../state/document/actions.ts';
import { editDocument } from '../../state/documentStore.ts';
import { useProblems } from '../../state/problemsStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { NumberSetting } from './NumberSetting.tsx';
import type { NodeSettingsProps } from './nodeSettings.ts';
import { RetryFields } from './RetryFields.tsx';
import { Section } from './Section.tsx';
import { timeZones } from './timeZones.ts';

/** What every node has: when and how it runs, what happens when it fails, its name. Closed at first: most nodes need none of it. */
export function GeneralSection({ node }: { node: WorkflowNode }) {
  const { editing } = useDrawing();
  const nameProblem = useProblemAt(node.id, 'name');
  const scriptProblem = useProblemAt(node.id, 'initScript');
  const change = (patch: NodePatch, coalesce?: string) =>
    editDocument({ type: 'changeNodes', ids: [node.id], patch }, coalesce && `${node.id}:${coalesce}`);
  const props = { node, readOnly: !editing, change };
  return (
    <>
      <Section title={t('general.executionTitle')} name="execution" forced={scriptProblem !== null}>
        <ExecutionField {...props} />
        <FailureField {...props} />
        <RetryFields {...props} />
        <TimeLimitField {...props} />
        <div data-path="initScript">
          <CodeField
            label={t('general.initScript')}
            hint={t('general.initScriptHint')}
            value={node.initScript ?? ''}
            onChange={(text) => change({ initScript: text || undefined }, 'initScript')}
            problem={scriptProblem}
            readOnly={!editing}
            lines={4}
          />
        </div>
      </Section>
      <Section title={t('general.title')} name="general" forced={nameProblem !== null}>
        <NameField {...props} />
        <TimeZoneField {...props} />
        <Textarea
          label={t('general.comment')}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4_000}
          value={node.comment ?? ''}
          readOnly={!editing}
          onChange={(event) => change({ comment: event.currentTarget.value || undefined }, 'comment')}
        />
      </Section>
    </>
  );
}

function useProblemAt(nodeId: string, path: string): string | null {
  return useProblems(
    (state) => state.issues.find((issue) => issue.nodeId === nodeId && issue.path === path)?.message ?? null,
  );
}

function NameField({ node, readOnly, change }: NodeSettingsProps) {
  const problem = useProblemAt(node.id, 'name');
  return (
    <div data-path="name">
      <TextInput
        label={t('general.name')}
        description={t('general.nameHint')}
        ff="monospace"
        maxLength={64}
        value={node.name}
        readOnly={readOnly}
        error={problem}
        onChange={(event) => {
          const name = event.currentTarget.value.replace(/[^A-Za-z0-9_]/g, '').replace(/^[0-9]+/, '');
          if (name !== '') change({ name }, 'name');
        }}
      />
    </div>
  );
}

function FailureField({ node, readOnly, change }: NodeSettingsProps) {
  return (
    <Select
      label={t('general.onError')}
      description={t(`general.onError.${node.onError ?? 'fail'}.hint`)}
      data={(['fail', 'transition', 'ignore'] as const).map((value) => ({
        value,
        label: t(`general.onError.${value}`),
      }))}
      value={node.onError ?? 'fail'}
      allowDeselect={false}
      readOnly={readOnly}
      onChange={(value) => change({ onError: value === 'fail' ? undefined : (value as WorkflowNode['onError']) })}
    />
  );
}

function ExecutionField({ node, readOnly, change }: NodeSettingsProps) {
  return (
    <Select
      label={t('general.execution')}
      description={t(`general.execution.${node.execution ?? 'enabled'}.hint`)}
      data={(['enabled', 'disabled', 'stop'] as const).map((value) => ({
        value,
        label: t(`general.execution.${value}`),
      }))}
      value={node.execution ?? 'enabled'}
      allowDeselect={false}
      readOnly={readOnly}
      onChange={(value) =>
        change({ execution: value === 'enabled' ? undefined : (value as WorkflowNode['execution']) })
      }
    />
  );
}

function TimeLimitField({ node, readOnly, change }: NodeSettingsProps) {
  return (
    <NumberSetting
      label={t('general.timeLimit')}
      hint={t('general.timeLimitHint')}
      min={1}
      max={604_800}
      unit="s"
      value={node.timeLimit}
      readOnly={readOnly}
      onChange={(timeLimit) => change({ timeLimit }, 'timeLimit')}
    />
  );
}

function TimeZoneField({ node, readOnly, change }: NodeSettingsProps) {
  return (
    <Select
      label={t('general.timeZone')}
      description={t('general.timeZoneHint')}
      placeholder={t('general.timeZoneInherited')}
      data={timeZones}
      searchable
      clearable
      value={node.timeZone || null}
      readOnly={readOnly}
      onChange={(value) => change({ timeZone: value ?? undefined })}
    />
  );
}
