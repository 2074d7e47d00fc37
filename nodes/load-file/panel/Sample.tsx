import { Button, FileButton } from '@mantine/core';
import { IconFileSearch } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './Panel.module.css';
import type { Proposal } from './propose.ts';
import { propose, sampleBytes } from './propose.ts';
import { texts } from './texts.ts';

/** Reads a file of the person's machine, in the browser only. */
export function Sample({ onPropose }: { onPropose(proposal: Proposal): void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const look = async (file: File | null): Promise<void> => {
    if (!file) return;
    const proposal = await readSample(file);
    setProblem(typeof proposal === 'string' ? proposal : null);
    if (typeof proposal !== 'string') onPropose(proposal);
  };
  return (
    <div>
      <FileButton onChange={(file) => void look(file)}>
        {(props) => (
          <Button {...props} variant="light" leftSection={<IconFileSearch size={14} />}>
            {texts.propose}
          </Button>
        )}
      </FileButton>
      <p className={classes.hint}>{texts.proposeHint}</p>
      {problem === null ? null : <p className={classes.error}>{problem}</p>}
    </div>
  );
}

/** What it proposes, or why it cannot. */
async function readSample(file: File): Promise<Proposal | string> {
  try {
    const bytes = new Uint8Array(await file.slice(0, sampleBytes).arrayBuffer());
    return propose(bytes, file.size > sampleBytes) ?? texts.noText;
  } catch (error) {
    return `${texts.unreadable} ${error instanceof Error ? error.message : String(error)}`;
  }
}
