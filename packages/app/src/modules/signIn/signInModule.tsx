import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

const signInPage = SignInPageBlueprint.make({
  params: {
    loader: async () => {
      const { SignInPage } = await import('@backstage/core-components');
      return props => (
        <SignInPage {...props} title="Fairway" providers={['guest']} />
      );
    },
  },
});

/** Signs in as the guest, who is a sample user of the playground. */
export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [signInPage],
});
