import { render, waitFor } from '@testing-library/react';
import App from './App';

describe('App', () => {
  it('renders the sign-in page with every plugin in place', async () => {
    process.env = {
      NODE_ENV: 'test',
      APP_CONFIG: [
        {
          data: {
            app: { title: 'Fairway', baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: 'http://localhost:3000' },
          },
          context: 'test',
        },
      ] as any,
    };
    const rendered = render(App.createRoot());
    await waitFor(
      () =>
        expect(
          rendered.getByRole('heading', { name: 'Fairway', level: 1 }),
        ).toBeInTheDocument(),
      { timeout: 30_000 },
    );
  }, 60_000);
});
