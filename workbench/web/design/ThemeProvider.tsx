// Mantine's components drawn with Ward's tokens, so that light, dark and high contrast have one source.
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useShownScheme } from './theme.ts';

const accent = Array.from({ length: 10 }, () => 'var(--bg-accent)') as unknown as MantineColorsTuple;

const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: {
    xs: 'var(--text-small)',
    sm: 'var(--text-body)',
    md: 'var(--text-body)',
    lg: 'var(--text-title)',
    xl: 'var(--text-title)',
  },
  headings: { fontFamily: 'var(--font)' },
  colors: { ward: accent },
  primaryColor: 'ward',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    TextInput: { defaultProps: { size: 'sm' } },
    ModalRoot: { defaultProps: { transitionProps: { duration: 0 } } },
    DrawerRoot: { defaultProps: { transitionProps: { duration: 0 } } },
    Modal: { defaultProps: { transitionProps: { duration: 0 } } },
    Menu: {
      defaultProps: {
        transitionProps: { duration: 0 },
        // The placeholder is an element with tabindex inside a menu, which no menu may have.
        withInitialFocusPlaceholder: false,
        // Inside the page's landmarks, beside its button.
        withinPortal: false,
      },
    },
    Tooltip: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--bg-canvas)',
  '--mantine-color-text': 'var(--fg-default)',
  '--mantine-color-bright': 'var(--fg-default)',
  '--mantine-color-dimmed': 'var(--fg-muted)',
  '--mantine-color-placeholder': 'var(--fg-muted)',
  '--mantine-color-anchor': 'var(--fg-accent)',
  '--mantine-color-error': 'var(--fg-danger)',
  '--mantine-color-default': 'var(--bg-canvas)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-color': 'var(--fg-default)',
  '--mantine-color-default-border': 'var(--border-control)',
  '--mantine-color-disabled': 'var(--bg-inset)',
  '--mantine-color-disabled-color': 'var(--fg-muted)',
  '--mantine-color-disabled-border': 'var(--border-default)',
  '--mantine-color-ward-filled': 'var(--bg-accent)',
  '--mantine-color-ward-filled-hover': 'var(--bg-accent-hover)',
  '--mantine-color-ward-light': 'var(--bg-open)',
  '--mantine-color-ward-light-hover': 'var(--bg-hover)',
  '--mantine-color-ward-light-color': 'var(--fg-accent)',
  '--mantine-color-ward-outline': 'var(--fg-accent)',
  '--mantine-primary-color-contrast': 'var(--fg-on-accent)',
};
const resolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });

export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} forceColorScheme={useShownScheme()}>
      {children}
    </MantineProvider>
  );
}
