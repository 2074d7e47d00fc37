import { Badge, Menu, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { call } from '../api/call.ts';
import { showFailure } from '../api/notices.ts';
import { t } from '../texts/t.ts';
import classes from './Navigation.module.css';
import { useSession } from './SessionContext.tsx';

const schemes = [
  { value: 'light', text: 'theme.light', Icon: IconSun },
  { value: 'dark', text: 'theme.dark', Icon: IconMoon },
  { value: 'auto', text: 'theme.auto', Icon: IconDeviceDesktop },
] as const;

/** Who is signed in, the appearance, and the way out. */
export function AccountMenu({ narrow }: { narrow: boolean }) {
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu position="right-end" width={200}>
      <Menu.Target>
        <button type="button" className={classes.account} aria-label={t('nav.account', { name: session.user.name })}>
          <IconUserCircle size={18} stroke={1.7} aria-hidden />
          {!narrow && <span className={classes.who}>{session.user.name}</span>}
          {!narrow && session.demo && <Badge size="xs">{t('nav.demo')}</Badge>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name} · {t(`role.${session.user.role}`)}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('theme.label')}</Menu.Label>
        {schemes.map(({ value, text, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setColorScheme(value)}
            aria-current={colorScheme === value}
            fw={colorScheme === value ? 600 : 400}
          >
            {t(text)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/administration/account" leftSection={<IconKey size={16} aria-hidden />}>
          {t('account.menu')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('nav.signOut')}
        </Menu.Item>
        <Menu.Label>{t('nav.version', { version: session.version })}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}

function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    try {
      await call('signOut');
    } catch (error) {
      showFailure(error);
      return;
    }
    client.clear();
    await navigate('/sign-in');
  };
}
