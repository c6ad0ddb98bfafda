/**
 * What tests of observers, and of code that uses Fairway, need.
 *
 * @packageDocumentation
 */
export * from './contract/observerContract';
export type { ObserverContract, ObserverRule } from './contract/ObserverRule';
export * from './describeObserverContract';
export * from './gitopsServiceMock';
