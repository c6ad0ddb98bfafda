import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogTableModule } from '@fairway/plugin-gitops/catalog';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';
import { themeModule } from './modules/theme';

// Other plugins are found through the dependencies of this package (`app.packages: all`).
export default createApp({
  features: [
    catalogPlugin,
    catalogTableModule,
    navModule,
    signInModule,
    themeModule,
  ],
});
