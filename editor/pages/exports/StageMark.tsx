import type { ExportStage } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import { stageLook } from './exportLooks.ts';

export function StageMark({ stage }: { stage: ExportStage }) {
  return (
    <Mark {...stageLook[stage]} title={t(`exports.stageHint.${stage}`)}>
      {t(`exports.stage.${stage}`)}
    </Mark>
  );
}
