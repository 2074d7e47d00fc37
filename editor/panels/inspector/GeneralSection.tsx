import { Button, Collapse, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { defaultRetry, type WorkflowNode } from '../../../contract/workflow.ts';
import { CodeField } from '../../../nodes/kit/panel/CodeField.tsx';
import type { NodePatch } from '../../state/document/actions.ts';
import { editDocument } from '../../state/documentStore.ts';
import { useProblems } from '../../state/problemsStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './Inspector.module.css';
import { timeZones } from './timeZones.ts';

interface SectionProps {
  node: WorkflowNode;
  readOnly: boolean;
  change(patch: NodePatch, coalesce?: string): void;
}

/** What every node has: its name, what happens when it fails, its limits. Closed at first: most nodes need none of it. */
export function GeneralSection({ node }: { node: WorkflowNode }) {
  const { editing } = useDrawing();
  const [open, setOpen] = useLocalStorage({ key: 'syncline:general', defaultValue: false });
  const nameTaken = useProblems((state) =>
    state.issues.some((issue) => issue.nodeId === node.id && issue.path === 'name'),
  );
  const change = (patch: NodePatch, coalesce?: string) =>
    editDocument({ type: 'changeNodes', ids: [node.id], patch }, coalesce && `${node.id}:${coalesce}`);
  const shown = open || nameTaken;
  return (
    <div className={classes.general}>
      <Button
        variant="subtle"
        color="gray"
        px={4}
        aria-expanded={shown}
        leftSection={shown ? <IconChevronDown size={15} aria-hidden /> : <IconChevronRight size={15} aria-hidden />}
        onClick={() => setOpen(!shown)}
      >
        {t('general.title')}
      </Button>
      <Collapse expanded={shown} keepMounted={false}>
        <div className={classes.fields}>
          <NameField node={node} readOnly={!editing} change={change} />
          <FailureFields node={node} readOnly={!editing} change={change} />
          <LimitFields node={node} readOnly={!editing} change={change} />
          <CodeField
            label={t('general.initScript')}
            hint={t('general.initScriptHint')}
            value={node.initScript ?? ''}
            onChange={(text) => change({ initScript: text || undefined }, 'initScript')}
            problem={null}
            readOnly={!editing}
            lines={4}
          />
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
        </div>
      </Collapse>
    </div>
  );
}

function NameField({ node, readOnly, change }: SectionProps) {
  const issue = useProblems((state) => state.issues.find((one) => one.nodeId === node.id && one.path === 'name'));
  return (
    <div data-path="name">
      <TextInput
        label={t('general.name')}
        description={t('general.nameHint')}
        ff="monospace"
        maxLength={64}
        value={node.name}
        readOnly={readOnly}
        error={issue?.message}
        onChange={(event) => {
          const name = event.currentTarget.value.replace(/[^A-Za-z0-9_]/g, '').replace(/^[0-9]+/, '');
          if (name !== '') change({ name }, 'name');
        }}
      />
    </div>
  );
}

function FailureFields({ node, readOnly, change }: SectionProps) {
  const retry = node.retry ?? defaultRetry;
  const setRetry = (patch: Partial<typeof retry>) => change({ retry: { ...retry, ...patch } }, 'retry');
  return (
    <>
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
      <div>
        <div className={classes.row}>
          <NumberInput
            label={t('general.attempts')}
            min={1}
            max={20}
            clampBehavior="blur"
            value={retry.attempts}
            readOnly={readOnly}
            onChange={(value) => setRetry({ attempts: Number(value) || 1 })}
          />
          <NumberInput
            label={t('general.delay')}
            min={0}
            max={3_600}
            suffix=" s"
            value={retry.delay / 1_000}
            readOnly={readOnly}
            onChange={(value) => setRetry({ delay: Math.round(Number(value) * 1_000) })}
          />
          <NumberInput
            label={t('general.maxDelay')}
            min={0}
            max={86_400}
            suffix=" s"
            value={retry.maxDelay / 1_000}
            readOnly={readOnly}
            onChange={(value) => setRetry({ maxDelay: Math.round(Number(value) * 1_000) })}
          />
        </div>
        <p className={classes.hint}>{t('general.retryHint')}</p>
      </div>
    </>
  );
}

function LimitFields({ node, readOnly, change }: SectionProps) {
  return (
    <>
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
      <NumberInput
        label={t('general.timeLimit')}
        description={t('general.timeLimitHint')}
        min={1}
        max={604_800}
        suffix=" s"
        value={node.timeLimit ?? ''}
        readOnly={readOnly}
        onChange={(value) => change({ timeLimit: value === '' ? undefined : Number(value) }, 'timeLimit')}
      />
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
    </>
  );
}
