import { PageWithHeader, TabbedLayout } from '@backstage/core-components';
import { ClustersPage } from './ClustersPage';
import { DoraPage } from './DoraPage';
import { FleetPage } from './FleetPage';

/** The fleet, DORA and clusters pages with the header that the legacy system leaves to each plugin. */
export function LegacyGitopsPage() {
  return (
    <PageWithHeader title="Deployments" themeId="tool">
      <TabbedLayout>
        <TabbedLayout.Route path="/fleet" title="Fleet">
          <FleetPage />
        </TabbedLayout.Route>
        <TabbedLayout.Route path="/dora" title="DORA">
          <DoraPage />
        </TabbedLayout.Route>
        <TabbedLayout.Route path="/clusters" title="Clusters">
          <ClustersPage />
        </TabbedLayout.Route>
      </TabbedLayout>
    </PageWithHeader>
  );
}
