import { Tabs } from '@mantine/core';
import type { ComponentType } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useMay } from '../shell/SessionContext.tsx';
import { t } from '../texts/t.ts';
import { AboutSection } from './administration/AboutSection.tsx';
import { AccountSection } from './administration/AccountSection.tsx';
import { AuditSection } from './administration/AuditSection.tsx';
import classes from './administration/administration.module.css';
import { StorageSection } from './administration/StorageSection.tsx';
import { TokensSection } from './administration/TokensSection.tsx';
import { UsersSection } from './administration/UsersSection.tsx';
import { PageFrame } from './frame/PageFrame.tsx';

const sections = {
  users: UsersSection,
  tokens: TokensSection,
  audit: AuditSection,
  storage: StorageSection,
  about: AboutSection,
  account: AccountSection,
} as const satisfies Record<string, ComponentType>;
type Section = keyof typeof sections;

/** Everyone has an account and may know what runs and is kept here; the rest is for admins. */
const forEveryone: readonly Section[] = ['storage', 'about', 'account'];
const forAdmins: readonly Section[] = ['users', 'tokens', 'audit', ...forEveryone];

export function AdministrationPage() {
  const { section } = useParams();
  const navigate = useNavigate();
  const offered = useMay('admin') ? forAdmins : forEveryone;
  const shown = offered.find((one) => one === section);
  if (!shown) return <Navigate to={`/administration/${offered[0]}`} replace />;
  const Shown = sections[shown];
  return (
    <PageFrame title={t('admin.title')}>
      <Tabs
        className={classes.tabs ?? ''}
        value={shown}
        onChange={(next) => void navigate(`/administration/${next}`)}
        keepMounted={false}
      >
        <Tabs.List className={classes.tabList ?? ''} aria-label={t('admin.sections')}>
          {offered.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`admin.section.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown} className={classes.panel ?? ''}>
          <Shown />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
