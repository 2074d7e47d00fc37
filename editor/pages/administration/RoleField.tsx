import { Radio, Stack } from '@mantine/core';
import { type Role, roles } from '../../../contract/api.ts';
import { t } from '../../texts/t.ts';

/** Each role with what it may do; a role holds what those before it may. */
export function RoleField({ value, onChange }: { value: Role; onChange(role: Role): void }) {
  return (
    <Radio.Group label={t('users.role')} value={value} onChange={(next) => onChange(next as Role)}>
      <Stack gap={8} mt={6}>
        {roles.map((role) => (
          <Radio
            key={role}
            size="xs"
            value={role}
            label={t(`role.${role}`)}
            description={t(`users.roleHint.${role}`)}
            styles={{ label: { fontSize: 13, fontWeight: 500 }, description: { fontSize: 12, marginTop: 1 } }}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
