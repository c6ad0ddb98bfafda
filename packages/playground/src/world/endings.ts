import type { ServiceSimulation } from './simulateService';

/** What happens so many hours before now. */
type Ending = Array<
  [hours: number, act: (service: ServiceSimulation, at: number) => void]
>;

/**
 * The last day of the services with a story to find: production of `orders` is a promotion
 * behind Git, and production of `recommendations` runs an image that never becomes healthy,
 * while its fix already waits in staging.
 */
export const endings: Record<string, Ending> = {
  orders: [
    [
      26,
      (service, at) =>
        service.change(at, { subject: 'feat: pay an order in two parts' }),
    ],
    [25.5, (service, at) => service.promote('staging', at)],
    [25, (service, at) => service.promote('production', at)],
    [
      7,
      (service, at) =>
        service.change(at, {
          subject: 'fix: refund an order that was paid in two parts',
        }),
    ],
    [6, (service, at) => service.promote('staging', at)],
    [3, (service, at) => service.promote('production', at)],
  ],
  recommendations: [
    [
      6,
      (service, at) =>
        service.change(at, {
          subject: 'feat: load the new ranking model at start-up',
          files: {
            BROKEN:
              'The image of this revision never answers its readiness probe.\n',
          },
        }),
    ],
    [5, (service, at) => service.promote('staging', at)],
    [4.5, (service, at) => service.promote('production', at)],
    [
      2,
      (service, at) =>
        service.change(at, {
          subject: 'fix: load the ranking model in the background',
          files: { BROKEN: undefined },
        }),
    ],
    [1, (service, at) => service.promote('staging', at)],
  ],
};
