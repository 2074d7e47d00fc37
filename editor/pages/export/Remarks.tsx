import { Anchor } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { t } from '../../texts/t.ts';
import classes from './export.module.css';

interface RemarksButtonProps {
  count: number;
  shown: boolean;
  onShow(shown: boolean): void;
}

export function RemarksButton({ count, shown, onShow }: RemarksButtonProps) {
  return (
    <Anchor component="button" type="button" inherit aria-expanded={shown} onClick={() => onShow(!shown)}>
      {t('export.remarksShow', { count })}
    </Anchor>
  );
}

/** What a person should know before approving. */
export function Remarks({ remarks }: { remarks: readonly string[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul className={classes.remarks} aria-label={t('export.remarks')}>
      {remarks.map((remark) => (
        <li key={remark}>
          <IconInfoCircle size={14} aria-hidden />
          <span>{remark}</span>
        </li>
      ))}
    </ul>
  );
}
