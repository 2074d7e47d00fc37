import { Tooltip } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconBell,
  IconDatabase,
  IconPlayerPlay,
  IconPlugConnected,
  IconRoute,
  IconShieldLock,
  IconUpload,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { NavLink } from 'react-router';
import { type PlainKey, t } from '../texts/t.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { AlarmBadge } from './AlarmBadge.tsx';
import { Logo } from './Logo.tsx';
import classes from './Navigation.module.css';
import { useMay } from './SessionContext.tsx';

interface Place {
  to: string;
  text: PlainKey;
  Icon: typeof IconRoute;
  /** Behind the name. */
  Badge?: ComponentType;
}

const places: readonly Place[] = [
  { to: '/workflows', text: 'nav.workflows', Icon: IconRoute },
  { to: '/runs', text: 'nav.runs', Icon: IconPlayerPlay },
  { to: '/exports', text: 'nav.exports', Icon: IconUpload },
  { to: '/alarms', text: 'nav.alarms', Icon: IconBell, Badge: AlarmBadge },
  { to: '/data', text: 'nav.data', Icon: IconDatabase },
  { to: '/connections', text: 'nav.connections', Icon: IconPlugConnected },
  { to: '/options', text: 'nav.options', Icon: IconAdjustmentsHorizontal },
];
const administration: Place = { to: '/administration', text: 'nav.administration', Icon: IconShieldLock };

export function Navigation({ narrow }: { narrow: boolean }) {
  const admin = useMay('admin');
  const shown = admin ? [...places, administration] : places;
  return (
    <nav className={classes.nav} data-narrow={narrow || undefined} aria-label={t('nav.label')}>
      <div className={classes.logo}>
        <Logo />
        {!narrow && t('app.name')}
      </div>
      {shown.map((place) => (
        <NavigationLink key={place.to} place={place} narrow={narrow} />
      ))}
      <div className={classes.space} />
      <AccountMenu narrow={narrow} />
    </nav>
  );
}

function NavigationLink({ place, narrow }: { place: Place; narrow: boolean }) {
  const label = t(place.text);
  return (
    <Tooltip label={label} position="right" disabled={!narrow}>
      <NavLink to={place.to} className={classes.link} aria-label={label}>
        <place.Icon size={18} stroke={1.7} aria-hidden />
        {!narrow && label}
        {place.Badge && <place.Badge />}
      </NavLink>
    </Tooltip>
  );
}
