import { memo } from 'react';
import { ErrorBoundary } from '../shell/ErrorBoundary.tsx';
import { useView } from '../state/viewStore.ts';
import { ConflictPanel } from './ConflictPanel.tsx';
import classes from './inspector/Inspector.module.css';
import { Inspector } from './inspector/Inspector.tsx';
import { VersionsPanel } from './VersionsPanel.tsx';

const views = { inspector: Inspector, versions: VersionsPanel, conflict: ConflictPanel };

export const RightPanel = memo(function RightPanel() {
  const right = useView((view) => view.right);
  const Shown = views[right];
  return (
    <div className={classes.panel}>
      <ErrorBoundary resetKey={right}>
        <Shown />
      </ErrorBoundary>
    </div>
  );
});
