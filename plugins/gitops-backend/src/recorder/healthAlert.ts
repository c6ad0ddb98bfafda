import type { Application } from '@fairway/plugin-gitops-common';
import type { StoredApplication } from '../store';

/** Whether an owner is to be told of an application's health, and what the owner knows then. */
export interface HealthAlert {
  /** ISO time since when the owner knows that it is degraded. */
  alertedAt?: string;
  /** Entity ref of the owner to tell now. */
  tell?: string;
}

/**
 * An owner is told once when an application becomes degraded, however often it goes to and fro,
 * and once when it is healthy after that. What was degraded at first sight is nobody's news.
 */
export function healthAlert(
  application: Application,
  context: { stored?: StoredApplication; owner?: string },
): HealthAlert {
  const { stored, owner } = context;
  const { health, healthSince } = application;
  const alertedAt = stored?.alertedAt;
  const becameDegraded =
    health === 'degraded' &&
    stored !== undefined &&
    stored.application.health !== 'degraded';
  if (becameDegraded && owner && !alertedAt) {
    return { alertedAt: healthSince, tell: owner };
  }
  if (health === 'healthy' && alertedAt) {
    return { tell: owner };
  }
  return { alertedAt };
}
