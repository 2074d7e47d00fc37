import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../texts/t.ts';
import classes from './administration.module.css';

const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const minLength = 12;

export const passwordProblem = (password: string): string | null =>
  password.length < minLength ? t('users.passwordShort') : null;

/** A password that is told to someone else: one can be proposed, and is then shown. */
export function PasswordField(props: { value: string; onChange(value: string): void; error: string | null }) {
  const { value, onChange, error } = props;
  const [visible, setVisible] = useState(false);
  const propose = () => {
    onChange(proposePassword());
    setVisible(true);
  };
  return (
    <div className={classes.row}>
      <PasswordInput
        label={t('users.password')}
        description={t('users.passwordHint')}
        autoComplete="new-password"
        maxLength={512}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        visible={visible}
        onVisibilityChange={setVisible}
        error={error}
      />
      <Button onClick={propose}>{t('users.propose')}</Button>
    </div>
  );
}

/** Twenty letters and digits, without those that look alike. */
function proposePassword(): string {
  const values = crypto.getRandomValues(new Uint32Array(20));
  return [...values].map((value) => letters[value % letters.length]).join('');
}
