import { Tooltip, type TooltipProps } from '@mantine/core';
import { cloneElement, type ReactElement, useState } from 'react';

interface HintProps extends Omit<TooltipProps, 'children'> {
  children: ReactElement<{ onPointerDown?: () => void; onPointerLeave?: () => void }>;
}

/**
 * What a button does, while somebody hesitates over it. Gone once it is pressed: what then opens below stays in sight.
 * Other props, a menu's or a popover's, are passed on to the button.
 */
export function Hint({ disabled = false, children, ...rest }: HintProps) {
  const [pressed, setPressed] = useState(false);
  return (
    <Tooltip {...rest} disabled={disabled || pressed}>
      {cloneElement(children, { onPointerDown: () => setPressed(true), onPointerLeave: () => setPressed(false) })}
    </Tooltip>
  );
}
