/**
 * The catalog's table with health and sync.
 *
 * @packageDocumentation
 */
import { Fragment } from 'react';
import {
  coreExtensionData,
  createFrontendModule,
  ExtensionBoundary,
  PageLayout,
} from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';

export * from './catalogTable/columns';

const catalogPage = catalogPlugin.getExtension('page:catalog').override({
  *factory(originalFactory, { node, inputs, config }) {
    const original = originalFactory();
    const loader = async () => {
      const [{ CatalogIndexPage }, { gitopsCatalogColumns }] =
        await Promise.all([
          import('@backstage/plugin-catalog/alpha'),
          import('./catalogTable/columns'),
        ]);
      return (
        <CatalogIndexPage
          columns={gitopsCatalogColumns}
          filters={
            <>
              {inputs.filters.map(filter => (
                <Fragment key={filter.node.spec.id}>
                  {filter.get(coreExtensionData.reactElement)}
                </Fragment>
              ))}
            </>
          }
          pagination={config.pagination}
          exportSettings={
            config.exportSettings?.enabled ? config.exportSettings : undefined
          }
        />
      );
    };
    yield* original;
    yield coreExtensionData.reactElement(
      <PageLayout
        title={original.get(coreExtensionData.title) ?? 'Catalog'}
        icon={original.get(coreExtensionData.icon)}
      >
        {ExtensionBoundary.lazy(node, loader)}
      </PageLayout>,
    );
  },
});

/**
 * Adds health and sync to the table of the catalog; install it beside the catalog plugin.
 *
 * @public
 */
export const catalogTableModule = createFrontendModule({
  pluginId: 'catalog',
  extensions: [catalogPage],
});

export default catalogTableModule;
