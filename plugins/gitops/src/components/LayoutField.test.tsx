import { useState } from 'react';
import type { Entity } from '@backstage/catalog-model';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { LayoutField } from './LayoutField';

jest.setTimeout(60_000);

const entities = (kind: string, count: number): Entity[] =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name: `${kind}-${index}`, namespace: 'default' },
  }));

const catalogOf = (services: number, people: number) =>
  catalogApiMock({
    entities: [...entities('Component', services), ...entities('User', people)],
  });

function Field({ onChange }: { onChange?: (value?: string) => void }) {
  const [layout, setLayout] = useState<string | undefined>(
    'service-repository',
  );
  const props = {
    formData: layout,
    onChange: (value?: string) => {
      setLayout(value);
      onChange?.(value);
    },
    schema: { title: 'Repository of the manifests' },
    uiSchema: {},
  };
  return <LayoutField {...(props as any)} />;
}

const optionOf = (name: RegExp) => screen.findByRole('radio', { name });

describe('LayoutField', () => {
  it.each([
    [2, 4, /^The service’s own.*Recommended/, /2 services and 4 people/],
    [12, 30, /^One for all.*Recommended/, /12 services and 30 people/],
    [21, 30, /^The team’s.*Recommended/, /21 services are more/],
    [5, 51, /^The team’s.*Recommended/, /51 people are more/],
  ])(
    'recommends for %d services and %d people, and says why',
    async (services, people, option, reason) => {
      renderInTestApp(<Field />, {
        apis: [[catalogApiRef, catalogOf(services, people)]],
      });
      expect(await screen.findByText(reason)).toBeVisible();
      expect(await optionOf(option)).toBeVisible();
      expect(screen.getAllByText('Recommended')).toHaveLength(1);
      // What is recommended is not chosen for anybody.
      expect(await optionOf(/^The service’s own/)).toBeChecked();
    },
  );

  it('takes any of them', async () => {
    const onChange = jest.fn();
    renderInTestApp(<Field onChange={onChange} />, {
      apis: [[catalogApiRef, catalogOf(2, 4)]],
    });
    await userEvent.click(await optionOf(/^One for all/));
    expect(onChange).toHaveBeenLastCalledWith('shared-repository');
  });

  it('says when nobody could count', async () => {
    const catalog = catalogOf(0, 0);
    catalog.queryEntities = async () => {
      throw new Error('The catalog is away');
    };
    renderInTestApp(<Field />, { apis: [[catalogApiRef, catalog]] });
    expect(await screen.findByText(/could not be counted/)).toBeVisible();
    expect(screen.queryByText('Recommended')).not.toBeInTheDocument();
  });
});
