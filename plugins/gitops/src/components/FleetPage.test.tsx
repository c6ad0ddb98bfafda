import {
  mockApis,
  renderTestApp,
  type TestApiPair,
} from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import plugin, { gitopsApiRef } from '..';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';

const PATIENT = { timeout: 15_000 };
jest.setTimeout(60_000);

function renderFleet(api: FakeGitopsApi, path = '/gitops/fleet') {
  return renderTestApp({
    features: [plugin],
    initialRouteEntries: [path],
    apis: [[gitopsApiRef, api] as TestApiPair<typeof api>],
  });
}

describe('FleetPage', () => {
  it('shows', async () => {
    const api = new FakeGitopsApi();
    renderFleet(api);
    expect(await screen.findByText('7 services', {}, PATIENT)).toBeVisible();
    screen.debug(undefined, 20000);
  });
});
