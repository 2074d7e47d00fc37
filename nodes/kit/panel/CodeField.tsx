import { javascript } from '@codemirror/lang-javascript';
import { Input, useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import { useId, useMemo } from 'react';
import classes from './panel.module.css';
import { texts } from './texts.ts';

export interface CodeFieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange(value: string): void;
  problem?: string | null;
  readOnly: boolean;
  placeholder?: string;
  /** Lines shown before it grows; 1 for an expression. */
  lines?: number;
  language?: 'JavaScript' | 'SQL';
  /** The label is read out, not shown. */
  hideLabel?: boolean;
}

/** Code, one line or many; JavaScript in the colours of the scheme. */
export function CodeField({
  label,
  hint,
  value,
  onChange,
  problem,
  readOnly,
  placeholder,
  lines = 1,
  language = 'JavaScript',
  hideLabel,
}: CodeFieldProps) {
  const id = useId();
  const multiline = lines > 1;
  const scheme = useComputedColorScheme('light');
  const extensions = useMemo(
    () => [
      ...(language === 'JavaScript' ? [javascript()] : []),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': id }),
    ],
    [label, id, language],
  );
  return (
    <Input.Wrapper label={hideLabel ? undefined : label} description={hint} error={problem}>
      <div className={classes.code} data-invalid={problem ? true : undefined} data-multiline={multiline || undefined}>
        <CodeMirror
          value={value}
          onChange={onChange}
          extensions={extensions}
          theme={scheme}
          readOnly={readOnly}
          placeholder={placeholder ?? ''}
          minHeight={multiline ? `${lines * 18}px` : '29px'}
          maxHeight="420px"
          indentWithTab={multiline}
          basicSetup={{
            lineNumbers: multiline,
            foldGutter: false,
            highlightActiveLine: multiline,
            highlightActiveLineGutter: false,
            searchKeymap: false,
          }}
        />
      </div>
      <span id={id} className={classes.hidden}>
        {texts.codeHint(language)}
      </span>
    </Input.Wrapper>
  );
}
