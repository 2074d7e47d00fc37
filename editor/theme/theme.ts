/** Mantine in the look of Syncline: 13 px text, 8 px rhythm, hairlines, one accent. Colours come from tokens.css. */
import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  Popover,
  SegmentedControl,
  Tabs,
  Tooltip,
} from '@mantine/core';
import controls from './controls.module.css';

const accent: MantineColorsTuple = [
  '#eef1ff',
  '#dbe2ff',
  '#b4c2ff',
  '#8ea6ff',
  '#6984f3',
  '#5070e6',
  '#3b5bdb',
  '#2f4cc0',
  '#2540a3',
  '#1c3285',
];

/** Mantine's greys of the dark scheme, in the hue of tokens.css: text, borders (4), hovered (5), fields (6), surfaces (7). */
const dark: MantineColorsTuple = [
  '#e6eaf0',
  '#c5cdd9',
  '#9aa5b5',
  '#8591a2',
  '#343d4a',
  '#252c37',
  '#191e26',
  '#161a21',
  '#101419',
  '#0e1116',
];

/** The token behind the colour that an alert asks for. */
const alertTones: Partial<Record<string, string>> = {
  red: 'err',
  yellow: 'rej',
  orange: 'rej',
  teal: 'ok',
  green: 'ok',
};

/** Mantine chooses the text of a filled button for the light accent; white on the dark scheme's lighter one cannot be read. */
const filledAccent = {
  '--button-color': 'var(--on-accent)',
  '--button-hover': 'color-mix(in srgb, var(--accent) 88%, var(--text))',
};

const floating = { shadow: 'md', transitionProps: { duration: 90 } } as const;

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 3 },
  colors: { accent, dark },
  autoContrast: true,
  fontFamily: '"Inter Variable", Inter, "Segoe UI", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '12.5px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.45', lg: '1.45', xl: '1.35' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '18px' }, h2: { fontSize: '15px' }, h3: { fontSize: '13px' } },
  },
  shadows: { md: 'var(--shadow-float)' },
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default' },
      vars: (_theme, { size, variant, color }) => ({
        root: {
          ...(size ? {} : { '--button-height': '30px', '--button-padding-x': '11px', '--button-fz': '13px' }),
          ...(variant === 'filled' && !color ? filledAccent : {}),
        },
      }),
      styles: { label: { fontWeight: 500 }, section: { marginInlineEnd: 6 } },
    }),
    Alert: Alert.extend({
      vars: (_theme, { color }) => {
        const tone = alertTones[color ?? ''];
        return { root: tone ? { '--alert-bg': `var(--${tone}-soft)`, '--alert-color': `var(--${tone})` } : {} };
      },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Input: Input.extend({
      classNames: { input: controls.input },
      vars: () => ({ wrapper: { '--input-height': '31px', '--input-fz': '13px' } }),
    }),
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      classNames: { label: controls.label, description: controls.hint, error: controls.error },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs' },
      classNames: {
        root: controls.segments,
        control: controls.part,
        indicator: controls.chosen,
        label: controls.segment,
      },
    }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', tt: 'none', fw: 500, size: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 600, withArrow: false, fz: 12, px: 8, py: 4 } }),
    Notification: Notification.extend({ classNames: { root: controls.notice } }),
    Menu: Menu.extend({
      defaultProps: { ...floating, position: 'bottom-end' },
      classNames: { itemSection: controls.menuSection },
    }),
    Popover: Popover.extend({ defaultProps: floating }),
    Modal: Modal.extend({
      defaultProps: { centered: true, transitionProps: { duration: 100 }, overlayProps: { backgroundOpacity: 0.35 } },
      classNames: { content: controls.window },
      styles: { title: { fontSize: 15, fontWeight: 650 } },
    }),
    Tabs: Tabs.extend({ classNames: { tab: controls.tab } }),
  },
});

/** Mantine's own variables, pointed at the tokens: both colour schemes come from one place. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--mute)',
    '--mantine-color-placeholder': 'var(--faint)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--err)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--bg)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line2)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-light': 'var(--accent-soft)',
    '--mantine-primary-color-light-color': 'var(--accent)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-color-gray-light-color': 'var(--mute)',
    '--mantine-color-gray-light-hover': 'var(--canvas)',
  };
  return { variables: {}, light: shared, dark: shared };
};
