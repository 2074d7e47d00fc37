import { Button, PasswordInput, Stack, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { useSession } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import classes from './administration.module.css';
import { passwordProblem } from './PasswordField.tsx';

/** Who is signed in, and a new password. */
export function AccountSection() {
  const { user } = useSession();
  return (
    <div className={classes.page}>
      <div className={classes.narrow}>
        <section className={classes.section}>
          <Facts
            facts={[
              { label: t('account.name'), value: user.name },
              { label: t('account.role'), value: t(`role.${user.role}`) },
            ]}
          />
        </section>
        <section className={classes.section} aria-labelledby="account-password">
          <Title order={2} id="account-password" mb={12}>
            {t('account.password')}
          </Title>
          <PasswordForm />
        </section>
      </div>
    </div>
  );
}

const nothing = { old: '', fresh: '', again: '' };

function PasswordForm() {
  const [values, setValues] = useState(nothing);
  const [tried, setTried] = useState(false);
  const change = useChange('changePassword');
  const { user } = useSession();
  const { old, fresh, again } = values;
  const problems = { fresh: passwordProblem(fresh), again: fresh === again ? null : t('account.different') };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems.fresh !== null || problems.again !== null) return;
    const finish = () => {
      setValues(nothing);
      setTried(false);
      showDone(t('account.done'));
    };
    change.mutate({ body: { new: fresh, ...(old === '' ? {} : { old }) } }, { onSuccess: finish });
  };
  const field = (name: keyof typeof nothing) => ({
    value: values[name],
    maxLength: 512,
    maw: 340,
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={14}>
        {change.error && <FailureAlert error={change.error} />}
        {/* Password managers file the new password under the name that they find in the form. */}
        <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
        <PasswordInput
          {...field('old')}
          label={t('account.old')}
          description={t('account.oldHint')}
          autoComplete="current-password"
        />
        <PasswordInput
          {...field('fresh')}
          label={t('account.new')}
          description={t('account.newHint')}
          autoComplete="new-password"
          error={tried && problems.fresh}
        />
        <PasswordInput
          {...field('again')}
          label={t('account.repeat')}
          autoComplete="new-password"
          error={(tried || again.length >= fresh.length) && again !== '' && problems.again}
        />
        <Button type="submit" variant="filled" w="fit-content" loading={change.isPending}>
          {t('account.submit')}
        </Button>
      </Stack>
    </form>
  );
}
