import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { ThemeBlueprint } from '@backstage/plugin-app-react';
import {
  createUnifiedTheme,
  genPageTheme,
  palettes,
  UnifiedThemeProvider,
  type UnifiedTheme,
} from '@backstage/theme';
import { RiMoonLine, RiSunLine } from '@remixicon/react';
import type { ReactNode } from 'react';

const FONT_FAMILY =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';

/** Page headers are quiet: one deep colour, no wave. */
const quietPage = genPageTheme({
  colors: ['#0b3a46', '#0f4a58'],
  shape: 'none',
});
const pageTheme = Object.fromEntries(
  [
    'home',
    'documentation',
    'tool',
    'service',
    'website',
    'library',
    'other',
    'app',
    'apis',
    'card',
  ].map(name => [name, quietPage]),
);

const navigation = {
  ...palettes.light.navigation,
  background: '#0b2730',
  indicator: '#4fd0c5',
  color: '#b3c8cd',
  selectedColor: '#ffffff',
  navItem: { hoverBackground: '#143843' },
  submenu: { background: '#143843' },
};

/** What Material UI draws speaks as Backstage UI does: no capitals, soft corners. */
const components = {
  MuiButton: { styleOverrides: { root: { textTransform: 'none' as const } } },
  MuiTab: { styleOverrides: { root: { textTransform: 'none' as const } } },
};

const light = createUnifiedTheme({
  components,
  fontFamily: FONT_FAMILY,
  pageTheme,
  palette: {
    ...palettes.light,
    primary: { main: '#0b5a6b' },
    // Checkboxes and switches: one colour for what is chosen.
    secondary: { main: '#0b5a6b' },
    link: '#0b6074',
    linkHover: '#084552',
    background: { default: '#f3f6f6', paper: '#ffffff' },
    border: '#dbe4e6',
    textSubtle: '#5a6b70',
    status: {
      ...palettes.light.status,
      ok: '#15803d',
      warning: '#b45309',
      error: '#c62f3d',
      running: '#0b6074',
      pending: '#b45309',
    },
    tabbar: { indicator: '#0b6074' },
    navigation,
  },
});

const dark = createUnifiedTheme({
  components,
  fontFamily: FONT_FAMILY,
  pageTheme,
  palette: {
    ...palettes.dark,
    primary: { main: '#5cc8d4', dark: '#3aa9b6' },
    secondary: { main: '#5cc8d4', dark: '#3aa9b6' },
    link: '#7ad3dd',
    linkHover: '#a5e3ea',
    background: { default: '#0e181c', paper: '#152329' },
    border: '#2a3d44',
    textSubtle: '#9db0b5',
    status: {
      ...palettes.dark.status,
      ok: '#4ccb86',
      warning: '#f0a94b',
      error: '#ff7b82',
      running: '#5cc8d4',
      pending: '#f0a94b',
    },
    tabbar: { indicator: '#5cc8d4' },
    navigation: { ...navigation, background: '#081317' },
  },
});

function provider(theme: UnifiedTheme) {
  return function FairwayThemeProvider(props: { children: ReactNode }) {
    return (
      <UnifiedThemeProvider theme={theme} themeName="fairway">
        {props.children}
      </UnifiedThemeProvider>
    );
  };
}

/** The light and the dark look of Fairway; the tokens of Backstage UI are in `fairway.css`. */
export const themeModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ThemeBlueprint.make({
      name: 'light',
      params: {
        theme: {
          id: 'light',
          title: 'Fairway by day',
          variant: 'light',
          icon: <RiSunLine size={20} />,
          Provider: provider(light),
        },
      },
    }),
    ThemeBlueprint.make({
      name: 'dark',
      params: {
        theme: {
          id: 'dark',
          title: 'Fairway by night',
          variant: 'dark',
          icon: <RiMoonLine size={20} />,
          Provider: provider(dark),
        },
      },
    }),
  ],
});
