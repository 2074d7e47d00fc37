import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { cursorPrefix, cursorProblem } from './cursorDate.ts';

export function NewOptionDialog({ taken, onClose }: { taken: ReadonlySet<string>; onClose(): void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [tried, setTried] = useState(false);
  const set = useChange('setOption', ['listOptions']);
  const navigate = useNavigate();
  const isCursor = name.startsWith(cursorPrefix);
  const nameProblem = findNameProblem(name.trim(), taken);
  const valueProblem = isCursor ? cursorProblem(value.trim(), new Date()) : null;
  const submit = async () => {
    setTried(true);
    if (nameProblem !== null || valueProblem !== null) return false;
    const option = name.trim();
    await set.mutateAsync({
      params: { option },
      body: { value: isCursor ? value.trim() : value, expected: null },
    });
    await navigate(`/options/${encodeURIComponent(option)}`);
    return true;
  };
  return (
    <FormDialog title={t('options.newTitle')} submit={t('options.create')} onSubmit={submit} onClose={onClose}>
      <TextInput
        data-autofocus
        label={t('options.name')}
        description={t('options.nameHint')}
        ff="monospace"
        spellCheck={false}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={(tried || taken.has(name.trim())) && nameProblem}
      />
      <Textarea
        label={t('options.value')}
        description={isCursor ? t('options.cursorFormat') : undefined}
        ff="monospace"
        spellCheck={false}
        autosize
        minRows={1}
        maxRows={10}
        maxLength={10_000}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={(tried || (isCursor && value !== '')) && valueProblem}
      />
    </FormDialog>
  );
}

function findNameProblem(name: string, taken: ReadonlySet<string>): string | null {
  if (name === '') return t('options.nameMissing');
  return taken.has(name) ? t('options.nameTaken') : null;
}
