/** What the CRM of a connection can beyond the rest: the panel offers no more. */
import type { CrmAbility } from '../../../contract/form.ts';
import type { PanelContext } from '../../kit/panel/context.ts';
import type { CrmConfig } from '../config.ts';

export type Can = (ability: CrmAbility) => boolean;

/** By the name of a connection: everything while it is not known which CRM it is. */
export function useAbilities(context: PanelContext): (connection: string) => Can {
  const { data } = context.useConnections('crm');
  return (connection) => {
    const found = data?.find(({ name }) => name === connection);
    return (ability) => found === undefined || found.capabilities.includes(ability);
  };
}

/** The settings without what the CRM would refuse: they are not offered, so nobody could take them back. */
export function fitted(config: CrmConfig, can: Can): CrmConfig {
  const { everything, export: settings } = config;
  const assignmentRule = can('assignmentRules') ? settings.assignmentRule : '';
  return {
    ...config,
    everything: everything && can('readsDeleted'),
    export: assignmentRule === settings.assignmentRule ? settings : { ...settings, assignmentRule },
  };
}
